/** Profiles whose values are bytes: of requests, and of what is alive. */
import { describe, expect, it } from 'vitest'
import { encodePprof } from '../../harness/formats/index.ts'
import type { RunRecord } from '../../harness/model/record.ts'
import { ProfileBuilder } from '../../harness/profile/index.ts'
import { launch, plan, profileChanges, run, slices } from './records.ts'

const REQUESTS = 1000

/** Two rounds of launches with profiles in bytes: what was sampled, and what the counters and figures say. */
describe.each([
  {
    collector: 'allocation',
    type: 'alloc_space',
    per: 'per request',
    // 1,000 requests in the timed slices, 250 in the collector's own.
    before: [8_000, 12_000],
    whole: 3_000,
  },
  {
    collector: 'heap',
    type: 'inuse_space',
    per: 'after a full collection',
    before: [100_000, 150_000],
    whole: 50_000,
  },
])('$collector', ({ collector, type, per, before, whole }) => {
  const { frames, flames, budgets } = profileChanges(bytesRecord(collector, type))

  it('is in bytes that add up to what was counted', () => {
    expect(flames[0]).toMatchObject({ collector, unit: 'bytes', per })
    expect(flames[0]!.before).toEqual(before.map(bytes => expect.closeTo(bytes, 3)))
    expect(frames.map(row => row.function).toSorted()).toEqual(['encode', 'parse'])
  })

  it('has a budget next to the change of the whole', () => {
    expect(budgets).toEqual([
      {
        variant: 'after',
        collector,
        unit: 'bytes',
        functions: expect.closeTo(whole, 3),
        whole: expect.closeTo(whole, 3),
        rest: expect.closeTo(0, 3),
      },
    ])
  })
})

/** `parse` and `encode` hold 40 and 60 % before; `encode` has half as much more after. */
function bytesRecord(collector: string, type: string): RunRecord {
  const measured = (variant: string, sampled: Record<string, number>, allocated: number) => {
    const builder = new ProfileBuilder([{ type, unit: 'bytes' }])
    for (const [name, bytes] of Object.entries(sampled))
      builder.sample(builder.stack(-1, builder.location(builder.function(name, '/srv/app.js', 1, 1))), [
        bytes,
      ])
    return launch(variant, {
      timed: slices({ requests: [REQUESTS], allocated: [allocated * REQUESTS] }),
      collected: {
        [collector]: {
          slices: slices({ requests: [250] }),
          profile: Buffer.from(encodePprof(builder.build())).toString('base64'),
          figures: {},
        },
      },
    })
  }
  const round = [
    measured('before', { parse: 100_000, encode: 150_000 }, 20_000),
    measured('after', { parse: 100_000, encode: 200_000 }, 23_000),
  ]
  return run([round, round], { plan: { ...plan, collectors: [collector] } })
}
