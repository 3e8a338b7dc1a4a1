/** Profiles whose samples know when they were taken, through pprof and back to a flame by time. */
import { describe, expect, it } from 'vitest'
import { requestShares } from '../../harness/analyze/moments.ts'
import { encodePprof } from '../../harness/formats/index.ts'
import { labelMoments, ProfileBuilder } from '../../harness/profile/index.ts'
import { launch, plan, profileChanges, run, slices } from './records.ts'

/** `early` runs in the first 200 ms, `late` in the next; each sample stands for 1 ms. */
function profile(timed: boolean): string {
  const builder = new ProfileBuilder([{ type: 'cpu', unit: 'nanoseconds' }])
  const stack = (name: string) => builder.stack(-1, builder.location(builder.function(name, '/srv/a.js', 7)))
  for (let ms = 0; ms < 400; ms++)
    builder.sample(stack(ms < 200 ? 'early' : 'late'), [1e6], undefined, timed ? ms : undefined)
  return Buffer.from(encodePprof(labelMoments(builder.build()))).toString('base64')
}

const captured = (variant: string, timed = true) =>
  launch(variant, {
    collected: {
      cpu: {
        slices: slices({ start: [50, 250], wall: [2e8, 2e8], requests: [300, 100] }),
        profile: profile(timed),
        figures: {},
      },
    },
  })

const flameOf = (...sides: Parameters<typeof captured>[1][]) => {
  const rounds = [1, 2].map(() => [captured('before', sides[0]), captured('after', sides[1])])
  return profileChanges(run(rounds, { plan: { ...plan, collectors: ['cpu'] } })).flames[0]!
}

describe('moments of a flame', () => {
  const flame = flameOf(true, true)
  const moments = flame.moments!
  const nodeOf = (name: string) =>
    flame.frame.indexOf(flame.frames.findIndex(frame => frame.function === name))

  it('say when each call was sampled', () => {
    const times = (name: string) =>
      moments.node.flatMap((node, i) => (node === nodeOf(name) ? [moments.at[i]! * moments.step] : []))
    expect([Math.min(...times('early')), Math.max(...times('early'))]).toEqual([0, 180])
    expect([Math.min(...times('late')), Math.max(...times('late'))]).toEqual([200, 380])
  })

  it('add up to the flame', () => {
    for (const name of ['early', 'late']) {
      const sum = moments.node.reduce(
        (all, node, i) => all + (node === nodeOf(name) ? moments.before[i]! : 0),
        0,
      )
      expect(sum).toBeCloseTo(flame.before[nodeOf(name)]!, 6)
    }
  })

  it('know which share of the requests fell into each step', () => {
    const early = moments.requests.before.slice(0, 200 / moments.step)
    expect(early.reduce((a, b) => a + b, 0)).toBeCloseTo(0.75, 6)
    expect(moments.requests.after.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 6)
  })

  it('are absent where one side does not say when it was sampled', () => {
    expect(flameOf(true, false).moments).toBeUndefined()
  })
})

it('slices beyond the last sample count for the last step', () => {
  const beyond = [slices({ start: [0, 90], wall: [5e7, 5e7], requests: [10, 10] })]
  expect(requestShares(beyond, { step: 50, count: 2 })).toEqual([0.5, 0.5])
})
