import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseProcessorList } from '../../harness/kernel/machine.ts'
import { planPinning } from '../../harness/plan/defaults.ts'
import { canonicalJson } from '../../harness/plan/fingerprint.ts'
import { repeatCommand } from '../../harness/plan/repeat.ts'
import { editDistance, nearest } from '../../harness/words/suggestion.ts'

const platform = (processors: number[], pinnable = true) => ({
  name: 'linux',
  processors,
  pinnable,
  execPath: '/node',
})

test.each([
  [[0, 1], [0], [1]],
  [[4, 7], [4], [7]],
  [[0, 1, 2, 3], [0, 1, 2], [3]],
  [
    [0, 1, 2, 3, 4, 5, 6, 7],
    [0, 1, 2, 3, 4, 5],
    [6, 7],
  ],
])('of processors %j the target gets %j and the load %j', (processors, target, loader) => {
  expect(planPinning(platform(processors))).toEqual({ target, loader })
})

test('nothing is pinned on one processor, or without `taskset`', () => {
  expect(planPinning(platform([0]))).toBeUndefined()
  expect(planPinning(platform([0, 1], false))).toBeUndefined()
})

test('lists of processors as the kernel writes them', () => {
  expect(parseProcessorList('0-2,5')).toEqual([0, 1, 2, 5])
  expect(parseProcessorList('3')).toEqual([3])
})

test('equal values have equal canonical JSON, whatever the order of their keys', () => {
  expect(canonicalJson({ b: [{ d: 1, c: 2 }], a: 1 })).toBe('{"a":1,"b":[{"c":2,"d":1}]}')
})

test('the distance between words is a metric that counts a swap as one edit', () => {
  expect(editDistance('checkout', 'chekcout')).toBe(1)
  expect(editDistance('', 'abc')).toBe(3)
  const word = fc.string({ maxLength: 8 })
  fc.assert(fc.property(word, word, (a, b) => editDistance(a, b) === editDistance(b, a)))
  fc.assert(fc.property(word, word, (a, b) => (editDistance(a, b) === 0) === (a === b)))
})

test.each([
  ['serialisers', 'serializers'],
  ['HELLO', 'hello'],
  ['inj', 'injected'],
  ['quite another', undefined],
])('nearest to %s is %s', (typed, expected) => {
  expect(nearest(typed, ['hello', 'injected', 'serializers'])).toBe(expected)
})

test('the command that repeats a run, under npm and without', () => {
  const request = { scenario: 'demo', quick: true, gates: ['a<=+2%'], seed: 7, maxTime: 90_000 }
  expect(repeatCommand(request, {})).toBe(
    "npx flamegate demo --quick --max-time 90s --gate 'a<=+2%' --seed 7",
  )
  expect(
    repeatCommand({ scenario: 'demo', seed: 7 }, { npm_lifecycle_event: 'bench', FLAMEGATE_INJECT: '3%' }),
  ).toBe('FLAMEGATE_INJECT=3% npm run bench demo -- --seed 7')
  // npx names itself as if it were a script.
  expect(repeatCommand({ scenario: 'demo' }, { npm_command: 'exec', npm_lifecycle_event: 'npx' })).toBe(
    'npx flamegate demo',
  )
})
