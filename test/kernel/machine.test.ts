import { expect, test } from 'vitest'
import { parseCores, parseQuota } from '../../harness/kernel/machine.ts'

test.each([
  ['max 100000', null],
  ['150000 100000', 1.5],
  ['-1 100000', null],
  [' ', null],
])('quota %j', (text, expected) => {
  expect(parseQuota(text)).toBe(expected)
})

test('processors that share a core are listed once for each of them', () => {
  expect(parseCores(['0,4', '1,5', '0,4', '1,5'])).toEqual([
    [0, 4],
    [1, 5],
  ])
  expect(parseCores(['0-1', '0-1'])).toEqual([[0, 1]])
})
