import { expect, test } from 'vitest'
import { gravest, tallied } from '../../harness/words/verdicts.ts'

test('the verdict of several is the gravest; an improvement is worth more than no change', () => {
  expect(gravest(['fine', 'improved', 'regressed', 'not comparable'])).toBe('regressed')
  expect(gravest(['fine', 'inconclusive', 'not comparable'])).toBe('not comparable')
  expect(gravest(['improved', 'inconclusive', 'fine'])).toBe('inconclusive')
  expect(gravest(['fine', 'improved', 'fine'])).toBe('improved')
  expect(gravest([])).toBe('inconclusive')
})

test('a tally follows the same order', () => {
  expect(tallied(['fine', 'improved', 'not measured', 'regressed', 'fine'])).toBe(
    '1 regressed, 1 improved, 2 fine, 1 not measured',
  )
  expect(tallied([])).toBe('')
})
