/** Which samples are compared with which: by rounds, or each side as a whole. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { comparisonsOf } from '../../harness/analyze/index.ts'
import { evidenceOfRecords, evidenceOfRun } from '../../harness/evidence/index.ts'
import type { RunRecord } from '../../harness/model/record.ts'
import { day } from '../analyze/days.ts'
import { metricsOf, run, timed } from '../analyze/records.ts'

const METRICS = metricsOf('cpu.perRequest', 'memory.allocated', 'errors', 'response.bytes')

const shuffled = <T>(values: T[]) => fc.shuffledSubarray(values, { minLength: values.length })

describe('independent samples', () => {
  test('have the same comparisons in whatever order their rounds are listed', () => {
    const [before, after] = [day(1), day(1.2, { cost: 55_000, rounds: 6 })]
    const compared = (earlier: RunRecord, later: RunRecord) =>
      comparisonsOf(evidenceOfRecords(earlier, later, 'before'), METRICS).map(
        ({ ratios: _, values: __, across: ___, change, ...shown }) => ({
          ...shown,
          change: change && [change.estimate, change.low, change.high].map(value => value.toFixed(9)),
        }),
      )
    const expected = compared(before, after)
    fc.assert(
      fc.property(shuffled(before.rounds), shuffled(after.rounds), (earlier, later) => {
        expect(compared({ ...before, rounds: earlier }, { ...after, rounds: later })).toEqual(expected)
      }),
      { numRuns: 50 },
    )
  })

  test('keep a sample whose number the other side does not have', () => {
    const { samples } = evidenceOfRecords(day(1, { rounds: 3 }), day(1, { rounds: 8 }), 'before')
    const sizes = ['before', 'after'].map(id => samples.filter(({ subject }) => subject === id).length)
    expect(sizes).toEqual([3, 8])
  })
})

describe('samples in rounds', () => {
  /** What the machine was worth in a round, and which of its launches there are. */
  const rounds = fc.array(
    fc.record({
      slowness: fc.double({ min: 0.1, max: 10, noNaN: true }),
      before: fc.boolean(),
      after: fc.boolean(),
    }),
    { minLength: 1, maxLength: 12 },
  )

  test('are compared within their round alone', () => {
    fc.assert(
      fc.property(rounds, fc.boolean(), fc.infiniteStream(fc.nat()), (given, turned, keys) => {
        const cost = (slowness: number) => ({ cpu: [1, 2, 3].map(() => slowness * 500_000) })
        const measured = run(
          given.map(({ slowness, before, after }) => {
            const launches = [
              ...(before ? [timed('before', cost(slowness))] : []),
              ...(after ? [timed('after', cost(slowness * 1.1))] : []),
            ]
            return turned ? launches.toReversed() : launches
          }),
        )
        const order = new Map(measured.rounds.map(round => [round, keys.next().value as number]))
        const listed = measured.rounds.toSorted((a, b) => order.get(a)! - order.get(b)!)
        const [cpu] = comparisonsOf(
          evidenceOfRun({ ...measured, rounds: listed }),
          metricsOf('cpu.perRequest'),
        )
        const whole = given.filter(({ before, after }) => before || after)
        expect(cpu?.ratios ?? []).toEqual(
          whole.map(({ before, after }) => (before && after ? expect.closeTo(Math.log(1.1), 9) : null)),
        )
      }),
    )
  })
})
