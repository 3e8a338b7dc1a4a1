import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { latencyShifts } from '../../harness/analyze/shifts.ts'
import type { LaunchRecord } from '../../harness/model/launch.ts'
import { encoded, evidence, launch } from './records.ts'

/** µs of 1,000 requests: half of them fast, and a slow half behind. */
const BEFORE = Array.from({ length: 1_000 }, (_, at) => (at < 500 ? 3_000 + at : 9_000 + 4 * at))
const PACE = { rate: 300, arrivals: 1_000, dropped: 0 }

const seen = (latencies: number[]): Partial<LaunchRecord> => ({
  pace: PACE,
  histograms: { latency: [encoded(latencies)] },
})

/** Eight rounds; in each, both sides differ a little from those of other rounds. */
function shiftsOf(after: (latency: number) => number) {
  const rounds = Array.from({ length: 8 }, (_, round) => {
    const own = BEFORE.map(latency => Math.round(latency * (1 + (round % 3) / 500)))
    const changed = own.map(latency => Math.round(after(latency) + (round % 4) * 5))
    return [launch('before', seen(own)), launch('after', seen(changed))]
  })
  return latencyShifts(evidence(rounds), new Set())
}

describe('a change of latency', () => {
  test('is a shift when every request takes the same time more', () => {
    const [found] = shiftsOf(latency => latency + 1_000)
    expect(found).toMatchObject({ variant: 'after', baseline: 'before', kind: 'shift' })
    expect(found!.shift.estimate).toBeCloseTo(1_007, -2)
    expect(found!.shift.low).toBeGreaterThan(980)
  })

  test('is a ratio when every request takes the same share more', () => {
    expect(shiftsOf(latency => latency * 1.2)).toMatchObject([{ kind: 'ratio' }])
  })

  test('is neither when only the slow half changes', () => {
    expect(shiftsOf(latency => (latency > 5_000 ? latency + 3_000 : latency))[0]).not.toHaveProperty(
      'kind',
      'shift',
    )
  })

  test('is not told apart when it is too small for that', () => {
    expect(shiftsOf(latency => latency + 60)).toMatchObject([{ kind: undefined }])
  })

  test('is none when it may be chance, or when the load sets the latency', () => {
    expect(shiftsOf(latency => latency + (latency % 2 ? -8 : -7))).toEqual([])
    const closed = Array.from({ length: 8 }, () => [
      launch('before', { histograms: { latency: [encoded(BEFORE)] } }),
      launch('after', { histograms: { latency: [encoded(BEFORE.map(latency => latency + 1_000))] } }),
    ])
    expect(latencyShifts(evidence(closed), new Set())).toEqual([])
  })

  test('is a shift in both directions, whatever its size', () => {
    fc.assert(
      fc.property(fc.integer({ min: 600, max: 2_500 }), fc.boolean(), (size, slower) => {
        const [found] = shiftsOf(latency => latency + (slower ? size : -size))
        expect(found!.kind).toBe('shift')
        expect(Math.sign(found!.shift.estimate)).toBe(slower ? 1 : -1)
      }),
      { numRuns: 20 },
    )
  })
})
