import { expect, test } from 'vitest'
import { pauseSummaries } from '../../harness/analyze/collected.ts'
import { evidence, launch, slices } from './records.ts'

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
