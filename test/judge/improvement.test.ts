import { describe, expect, test } from 'vitest'
import { judgeComparisons as judged } from '../../harness/judge/index.ts'
import type { Gate } from '../../harness/model/plan.ts'
import { comparison, gate, look } from './comparisons.ts'

const AROUND_5 = [5.2, 4.9, 5.6, 4.4, 5.1, 4.8, 5.3, 5.0]

describe('an improvement', () => {
  const BETTER = [-30, -42, -35, -38]

  test('is not called fine: the run goes on until it is proven, or its time is up', () => {
    const early = judged([comparison(BETTER)], look([gate()], 4, { last: false }))
    expect(early).toMatchObject({ status: 'inconclusive', decided: false, gates: [{ noWorse: true }] })
    expect(early.gates[0]!.reason).toMatch(
      /rules out a regression of \+2\.0 %, but does not prove an improvement: about/,
    )
    const ten = [...BETTER, ...BETTER, -36, -37]
    expect(judged([comparison(ten)], look([gate()], 10, { last: false }))).toMatchObject({
      status: 'improved',
      decided: true,
    })
  })

  test('smaller than the margin is fine', () => {
    expect(judged([comparison(AROUND_5.map(value => -value / 5))], look([gate()], 8)).status).toBe('fine')
  })
})

describe('an improvement that is expected', () => {
  const expected = (expect: number, given: Partial<Gate> = {}) =>
    gate({ margin: undefined, expect, ...given })
  const better = AROUND_5.map(value => -value)

  test.each([
    ['improved', better, 0.04, /^−5\.0 % .* reaches the −4\.0 % that is expected\.$/],
    ['not reached', better, 0.1, /^−5\.0 % .* does not reach the −10\.0 % that is expected\.$/],
    ['not reached', [-40, 20, -35, 18, -30, 15, -20, 10], 0.02, /may be chance, so the −2\.0 %/],
    ['not reached', AROUND_5, 0.04, /does not reach/],
  ])('%s: %j, at least %d', (status, ratios, size, reason) => {
    const verdict = judged([comparison(ratios)], look([expected(size)], 8))
    expect(verdict).toMatchObject({ status, decided: true })
    expect(verdict.gates[0]!.reason).toMatch(reason)
  })

  test('may still come while there are rounds left', () => {
    const [verdict] = judged(
      [comparison([-12, -8, -11, -9])],
      look([expected(0.1)], 4, { last: false }),
    ).gates
    expect(verdict).toMatchObject({ status: 'inconclusive' })
    expect(verdict!.reason).toMatch(/more rounds will tell\.$/)
  })

  test('is higher where more is better', () => {
    const throughput = comparison(AROUND_5, { better: 'higher' })
    expect(judged([throughput], look([expected(0.04)], 8)).status).toBe('improved')
    expect(judged([throughput], look([expected(0.08)], 8)).status).toBe('not reached')
  })

  test('goes together with a margin', () => {
    const both = expected(0.1, { margin: 0.02 })
    expect(judged([comparison(better)], look([both], 8)).status).toBe('not reached')
    expect(judged([comparison(AROUND_5)], look([both], 8)).status).toBe('regressed')
  })
})
