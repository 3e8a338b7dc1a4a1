import { expect, test } from 'vitest'
import { isInside } from '../../harness/paths/inside.ts'

test.each([
  ['/runs', '/runs', true],
  ['/runs', '/runs/a/b', true],
  ['/', '/runs', true],
  ['/runs', '/runs/..named', true],
  ['/runs', '/runs2', false],
  ['/runs/a', '/runs', false],
  ['/runs', '/other/runs', false],
])('%s holds %s: %s', (folder, path, expected) => {
  expect(isInside(folder, path)).toBe(expected)
})
