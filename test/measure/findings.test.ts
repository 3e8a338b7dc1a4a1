import { expect, test } from 'vitest'
import { roundLost } from '../../harness/measure/harness/findings.ts'
import { MeasureError } from '../../harness/model/errors.ts'

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
