/** Records with other columns than today's: what is missing is not comparable, what is unknown is kept. */
import { beforeAll, describe, expect, test } from 'vitest'
import { conclude } from '../../harness/bench.ts'
import { loadCapabilities } from '../../harness/capabilities.ts'
import { COLUMNS } from '../../harness/model/columns.ts'
import type { Metric } from '../../harness/model/metric.ts'
import type { Gate } from '../../harness/model/plan.ts'
import { parseRecord } from '../../harness/store/schema.ts'
import { CONCLUDED } from './concluded.ts'
import { comparisonOf, launchesIn, light, upgraded, type Written } from './kept.ts'

let metrics: Metric[]
beforeAll(async () => {
  metrics = (await loadCapabilities()).metrics
})

describe('a counter that an old record lacks', () => {
  const without = (record: Written, column: string) => {
    for (const launch of launchesIn(record)) delete launch.timed[column]
    return record
  }
  const gate = (metric: string): Gate => ({ metric, margin: 0.05, level: 'error' })
  const concluded = (record: Written, ...gates: Gate[]) => {
    const run = upgraded({ ...record, plan: { ...record.plan, gates } })
    return conclude(run, metrics)
  }

  test('in the earlier run alone leaves one metric without a verdict, and the others theirs', () => {
    const record = light('joined')
    without(record.recorded, 'allocated')
    const report = concluded(record, gate('memory.allocated'), gate('cpu.perRequest'))
    expect(comparisonOf(report, 'after memory.allocated')).toMatchObject({
      before: null,
      after: expect.any(Number),
      change: null,
      verdict: 'not comparable',
    })
    expect(report.verdict.gates).toMatchObject([
      { status: 'not comparable', reason: 'memory.allocated was not measured for the baseline.' },
      { status: 'regressed' },
    ])
    expect(comparisonOf(report, 'after cpu.perRequest')!.change!.estimate).toBeCloseTo(
      CONCLUDED.joined!.changes['after cpu.perRequest']!,
      5,
    )
  })

  test('on both sides leaves its gate not comparable', () => {
    const report = concluded(without(light('regressed'), 'cpu'), gate('cpu.perRequest'))
    expect(comparisonOf(report, 'extra cpu.perRequest')).toBeUndefined()
    expect(report.verdict.gates).toMatchObject([
      { status: 'not comparable', reason: 'cpu.perRequest was not measured.' },
    ])
  })

  test.each(Object.keys(COLUMNS))('the record is read and concluded without %s', column => {
    const report = concluded(without(light('regressed'), column), gate('cpu.perRequest'))
    expect(['regressed', 'not comparable']).toContain(report.verdict.status)
    expect(report.verdict.status).toBe(['cpu', 'requests'].includes(column) ? 'not comparable' : 'regressed')
  })
})

describe('an unknown column', () => {
  const withColumn = (rows: (length: number) => number) => {
    const record = light('regressed')
    for (const { timed } of launchesIn(record)) timed.pageFaults = new Array(rows(timed.cpu.length)).fill(3)
    return record
  }

  test('is kept, and changes no conclusion', () => {
    const run = upgraded(withColumn(length => length))
    expect(run.rounds[0]!.launches[0]!.timed.pageFaults![0]).toBe(3)
    expect(conclude(run, metrics).analysis).toEqual(conclude(upgraded(light('regressed')), metrics).analysis)
  })

  test('must be as long as the others', () => {
    const read = parseRecord(withColumn(length => length - 1))
    expect('problems' in read && read.problems[0]).toContain('timed: columns of unequal length')
  })
})
