import { describe, expect, test } from 'vitest'
import { leakFindings, leakVerdicts } from '../../harness/analyze/leaks.ts'
import { decodeOnce } from '../../harness/analyze/profiles.ts'
import { encodePprof } from '../../harness/formats/index.ts'
import type { Evidence } from '../../harness/model/evidence.ts'
import type { LaunchRecord } from '../../harness/model/launch.ts'
import { ProfileBuilder } from '../../harness/profile/index.ts'
import { normal, seededRandom } from '../../harness/stats/random.ts'
import { evidence, launch, QUIET, slices } from './records.ts'

const random = seededRandom(3)
const BATCHES = Array.from({ length: 10 }, (_, at) => at + 1)

function profileOf(type: string, name: string): string {
  const builder = new ProfileBuilder([{ type, unit: 'bytes' }])
  const stack = builder.stack(-1, builder.location(builder.function(name, '/srv/app/server.js', 7, 1)))
  builder.sample(stack, [400_000])
  return Buffer.from(encodePprof(builder.build())).toString('base64')
}

/** Ten batches of 400 requests; `retained` bytes a request stay, on 20 MB that wander by `noise`. */
function watched(
  variant: string,
  { retained = 0, noise = 2_000, allocated = 5_000, gcPause = 1e4 } = {},
): LaunchRecord {
  const live = BATCHES.map(at => 20e6 + retained * 400 * at + noise * normal(random))
  const timed = slices({
    ...QUIET,
    allocated: QUIET.requests.map(count => count * allocated),
    gcPause: QUIET.requests.map(() => gcPause),
    loopActive: QUIET.requests.map(() => 1e6),
  })
  const heap = { ...slices({ requests: BATCHES.map(() => 400) }), heapUsed: live }
  return launch(variant, {
    timed,
    collected: {
      heap: { slices: heap, profile: profileOf('inuse_space', 'remember'), figures: {} },
      allocation: {
        slices: slices({ requests: [1000] }),
        profile: profileOf('alloc_space', 'copy'),
        figures: {},
      },
    },
  })
}

const verdictsOf = (measured: Evidence) => leakVerdicts(measured, decodeOnce())

const verdicts = (rounds: number, after: Parameters<typeof watched>[1]) =>
  verdictsOf(
    evidence(Array.from({ length: rounds }, () => [watched('before'), watched('after', after)])),
  ).map(({ variant, verdict, frames }) => [variant, verdict, frames.map(frame => frame.function).join()])

describe('memory of a variant', () => {
  test.each([1, 5])(
    'a hundred bytes a request are a leak, with the functions that retain (%i rounds)',
    rounds => {
      expect(verdicts(rounds, { retained: 100 })).toEqual([
        ['before', 'neither', ''],
        ['after', 'leak', 'remember'],
      ])
    },
  )

  test('more garbage than the baseline is churn, with the functions that allocate it', () => {
    expect(verdicts(5, { allocated: 8_000 })[1]).toEqual(['after', 'churn', 'copy'])
  })

  test('pauses that take much of the time are churn too', () => {
    expect(verdicts(5, { gcPause: 2e5 })[1]).toEqual(['after', 'churn', 'copy'])
  })

  test('a heap that varies too much allows no verdict', () => {
    expect(verdicts(1, { retained: 30, noise: 300_000 })[1]![1]).toBe('cannot tell')
  })

  test('three readings are too few for a verdict, and without readings there is no row', () => {
    const few = watched('after')
    for (const column of Object.values(few.collected.heap!.slices)) column!.length = 3
    expect(verdictsOf(evidence([[launch('before'), few]]))).toMatchObject([
      { variant: 'after', verdict: 'cannot tell', reason: expect.stringContaining('too few') },
    ])
    expect(verdictsOf(evidence([[launch('before'), launch('after')]]))).toEqual([])
  })

  test('leaks are findings, and so is a flame that covers little of the heap', () => {
    const measured = evidence([[watched('before'), watched('after', { retained: 100 })]])
    measured.samples[1]!.collected.heap!.figures = { live: 20e6, sampled: 1e6 }
    expect(leakFindings(measured, verdictsOf(measured))).toMatchObject([
      { code: 'leak', message: expect.stringMatching(/^After leaks\. After full collections/) },
      { code: 'heap-partly-seen', message: expect.stringContaining(' 5 % ') },
    ])
  })

  test('the reason quotes the numbers behind the verdict', () => {
    const [, after] = verdictsOf(evidence([[watched('before'), watched('after', { retained: 100 })]]))
    expect(after!.reason).toMatch(/the heap grew by \d+\S* B a request \(95 % interval/)
    expect(after).toMatchObject({ allocated: 5_000, stopped: 0.01, readings: 10, launches: 1 })
    expect(after!.series[0]!.requests.at(-1)).toBe(4_000)
  })
})
