/** A few of the error rates that `validate/statistics.ts` measures, enough to notice a broken rule. */
import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../harness/stats/random.ts'
import { HOSTILE, REALISTIC } from '../../validate/statistics/noise.ts'
import { play } from '../../validate/statistics/trial.ts'

const TRIALS = 300

interface Course {
  gates: number
  rounds: number
  margin: number
}

function share(noise: string, { gates, rounds, margin }: Course, change: number, status: string): number {
  const random = seededRandom(1)
  const draw = { ...REALISTIC, ...HOSTILE }[noise]!
  let hits = 0
  for (let trial = 0; trial < TRIALS; trial++) {
    const round = () =>
      Array.from({ length: gates }, (_, gate) => draw(random) + (gate === 0 ? Math.log1p(change) : 0))
    const [ending] = play(round, { gates, margin, horizons: [rounds] })
    if (ending!.verdict.status === status) hits++
  }
  return hits / TRIALS
}

// At the promised 1 %, more than 9 of 300 would be seen once in 1,000 seeds.
describe.each([
  'normal, SD 1.8 %',
  'two states, 50 : 50, 5 % apart, sharp',
  'light tails (uniform launches)',
])('%s', noise => {
  test.each([
    [1, 9],
    [4, 11],
  ])('a change that does nothing does not fail %d gates in %d rounds', (gates, rounds) => {
    expect(share(noise, { gates, rounds, margin: 1e-6 }, 0, 'regressed')).toBeLessThanOrEqual(0.03)
  })
})

test('a change at the margin is not called fine', () => {
  const course = { gates: 1, rounds: 11, margin: 0.02 }
  expect(share('normal, SD 1.8 %', course, 0.02, 'fine')).toBeLessThanOrEqual(0.09)
})

test.each([9, 11])('a change of 5 percent is found in %d rounds', rounds => {
  const course = { gates: 1, rounds, margin: 0.02 }
  expect(share('SD 1.2 %, odd launch in 1 round of 12', course, 0.05, 'regressed')).toBeGreaterThan(0.95)
})

test('no change is fine', () => {
  const course = { gates: 1, rounds: 11, margin: 0.02 }
  expect(share('SD 1.2 %, odd launch in 1 round of 12', course, 0, 'fine')).toBeGreaterThan(0.8)
})

test('early looks save rounds where there is nothing to find', () => {
  const random = seededRandom(2)
  const rounds = Array.from({ length: 50 }, () => {
    const draw = () => [REALISTIC['normal, SD 1.2 %']!(random)]
    return play(draw, { gates: 1, margin: 0.02, horizons: [22] })[0]!.rounds
  })
  expect(Math.max(...rounds)).toBeLessThan(22)
})
