import { expect, test } from 'vitest'
import { findings } from '../../harness/analyze/findings.ts'
import { seededRandom } from '../../harness/stats/random.ts'
import { evidence, launch, metricsOf, plan } from './records.ts'

const SLICES = 24
/** ms from the start of a slice to that of the next. */
const APART = 20

/** @param effect what coming second costs, as a factor; @param apart ms between the two slices of a pair */
function found({ effect = 1, change = 1, apart = APART, rounds = 4 }) {
  const random = seededRandom(1)
  const slices = [...Array(SLICES).keys()]
  const side = (variant: string, isAfter: boolean) => {
    const isSecond = (slice: number) => (slice % 2 === 1) !== isAfter
    return launch(variant, {
      timed: {
        requests: slices.map(() => 100),
        wall: slices.map(() => 10e6),
        start: slices.map(slice => 2 * APART * slice + (isSecond(slice) ? apart : 0)),
        cpu: slices.map(
          slice => 1e6 * (1 + random() / 50) * (isSecond(slice) ? effect : 1) * (isAfter ? change : 1),
        ),
      },
    })
  }
  const launches = Array.from({ length: rounds }, () => [side('before', false), side('after', true)])
  return findings(evidence(launches, { plan }), metricsOf('cpu.perRequest'))
    .filter(({ code }) => code === 'order-matters')
    .map(({ message }) => message)
}

test('slices that cost less when they come second are a finding, whatever else differs', () => {
  for (const change of [1, 1.5])
    expect(found({ effect: 0.9, change })).toEqual([
      expect.stringMatching(
        /^Slices that came second cost −(9\.\d|10\.\d) % CPU per request, whichever variant/,
      ),
    ])
})

test.each([
  ['the variants differ', { change: 1.5 }],
  ['the effect is small', { effect: 0.99 }],
  ['there are few pairs', { effect: 0.9, rounds: 1 }],
  ['both are sent at the same time', { effect: 0.9, apart: 1 }],
])('nothing is found where %s', (_, given) => {
  expect(found(given)).toEqual([])
})
