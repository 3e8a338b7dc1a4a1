import { expect, test } from 'vitest'
import type { Unmapped } from '../../harness/measure/both/messages.ts'
import { misbehaviour, roundLost } from '../../harness/measure/harness/findings.ts'
import type { Service } from '../../harness/measure/harness/service.ts'
import { MeasureError } from '../../harness/model/errors.ts'
import { launch, plan } from '../analyze/records.ts'

test.each([
  [
    'the error that ended the process, not the stack and the version below it',
    'listening soon\nError: listen EADDRINUSE: address already in use :::3000\n    at node:net:2390:16\n\nNode.js v26.10.0\n',
    'listen EADDRINUSE: address already in use :::3000',
  ],
  ['the last error of several', 'TypeError: a\nRangeError: b\nbye\n', 'RangeError: b'],
  ['its last line where no error was printed', 'one\ntwo\n', 'two'],
])('a lost round quotes %s', (_, details, quoted) => {
  const error = new MeasureError('It ended.', { place: 'node x.js', advice: 'Look.', details })
  expect(roundLost(2, error).message).toMatch(/^Round 2 was lost: It ended\. \(last output: /)
  expect(roundLost(2, error).message).toContain(`${quoted})`)
})

test.each<[Omit<Unmapped, 'url'>, RegExp]>([
  [
    { asOnDisk: false, because: 'no map' },
    /without lines: V8 runs a text that differs from the file, and has no/,
  ],
  [
    { asOnDisk: true, because: 'damaged map' },
    /with the lines of the compiled file: the source map is damaged/,
  ],
  [
    { asOnDisk: true, because: 'missing map' },
    /with the lines of the compiled file: the file that should have the source map cannot be read/,
  ],
  [
    { asOnDisk: false, because: 'other sources' },
    /without lines: a source that its source map names is missing/,
  ],
])('%o is said once for all files, without those of packages', (reason, said) => {
  const urls = ['b.js', 'a.js', 'node_modules/x/c.js'].map(name => `file:///srv/${name}`)
  const { variants } = plan
  const variant = { ...variants[0]!, directory: '/srv' }
  const service = { variant, printed: 0 } as Service
  const scripts = [{ loaded: [], files: {}, failed: [], unmapped: urls.map(url => ({ url, ...reason })) }]
  const [found, ...others] = misbehaviour(1, [service], {
    launches: [launch('a', { versions: { node: '26' } })],
    scripts,
  })
  expect(others).toEqual([])
  expect(found).toMatchObject({ code: 'no-source-map', severity: 'info' })
  expect(found!.message).toMatch(/^Functions of a\.js, b\.js are shown /)
  expect(found!.message).toMatch(said)
})
