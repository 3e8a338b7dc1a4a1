import { describe, expect, test } from 'vitest'
import { overheads, pauseSummaries } from '../../harness/analyze/collected.ts'
import { evidence, launch, plan, slices } from './records.ts'

const watched = (variant: string, kind: string[], duration: number[]) =>
  launch(variant, {
    collected: {
      gc: {
        slices: slices({ requests: [300, 200] }),
        pauses: { kind, duration, before: kind.map(() => 30e6), after: kind.map(() => 20e6) },
        figures: {},
      },
      cpu: { slices: slices({ requests: [9_999] }), figures: {} },
    },
  })

test('pauses are counted by kind over the requests of the slices in which they were watched', () => {
  const summaries = pauseSummaries(
    evidence([
      [
        watched('before', ['MarkSweepCompact', 'Scavenge', 'Scavenge'], [4e6, 1e6, 2e6]),
        watched('after', [], []),
      ],
      [watched('before', ['Scavenge'], [6e6]), watched('after', ['Scavenge'], [1e6])],
    ]),
  )
  const heap = { before: 30e6, after: 20e6 }
  expect(summaries).toEqual([
    { variant: 'before', kind: 'Scavenge', perThousand: 3, duration: 3_000, longest: 6_000, ...heap },
    { variant: 'before', kind: 'MarkSweepCompact', perThousand: 1, duration: 4_000, longest: 4_000, ...heap },
    { variant: 'after', kind: 'Scavenge', perThousand: 1, duration: 1_000, longest: 1_000, ...heap },
  ])
})

test('a run that did not watch them has none', () => {
  expect(pauseSummaries(evidence([[launch('before'), launch('after')]]))).toEqual([])
})

describe('overheads', () => {
  const collectors = { plan: { ...plan, collectors: ['cpu'] } }
  const captured = (factor: number) =>
    launch('before', {
      collected: { cpu: { slices: slices({ cpu: [500_000 * factor], requests: [100] }), figures: {} } },
    })

  test('CPU per request with the collector against the same launch without it', () => {
    const [overhead] = overheads(evidence([[captured(1.04)], [captured(1.05)], [captured(1.06)]], collectors))
    expect(overhead!.collector).toBe('cpu')
    expect(overhead!.change!.estimate).toBeCloseTo(0.05, 3)
    expect(overhead!.change!.low).toBeGreaterThan(0.02)
    expect(overhead!.change!.high).toBeLessThan(0.08)
  })

  test('is unknown without two rounds of it', () => {
    expect(overheads(evidence([[captured(1.04)], [launch('before')]], collectors))[0]!.change).toBeNull()
  })
})
