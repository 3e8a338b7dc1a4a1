import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fileNameOf } from '../../harness/paths/file-name.ts'

test.each(['checkout', 'v1.2', 'node-24', 'a_b', 'x'.repeat(100)])('%s is kept', name => {
  expect(fileNameOf(name)).toBe(name)
})

test.each([
  ['every 10 ms', /^every-10-ms-[0-9a-f]{8}$/],
  ['büro/größe', /^buro-gro-e-[0-9a-f]{8}$/],
  ['../../etc/passwd', /^etc-passwd-[0-9a-f]{8}$/],
  ['..', /^[0-9a-f]{8}$/],
  ['日本', /^[0-9a-f]{8}$/],
  ['.hidden', /^hidden-[0-9a-f]{8}$/],
  ['x'.repeat(300), /^x{60}-[0-9a-f]{8}$/],
])('%s has a name that a file can have', (name, expected) => {
  expect(fileNameOf(name)).toMatch(expected)
})

test('any name becomes one plain part of a path, and different names become different files', () => {
  fc.assert(
    fc.property(fc.string(), fc.string({ unit: 'binary' }), (a, b) => {
      expect(fileNameOf(a)).toMatch(/^\w[\w.-]{0,99}$/)
      expect(fileNameOf(b)).toMatch(/^\w[\w.-]{0,99}$/)
      if (a !== b) expect(fileNameOf(a)).not.toBe(fileNameOf(b))
    }),
  )
})
