/** Records of schema 1: what the version that wrote them concluded holds after they are upgraded. */
import { join } from 'node:path'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { conclude } from '../../harness/bench.ts'
import { loadCapabilities } from '../../harness/capabilities.ts'
import { COLUMNS } from '../../harness/model/columns.ts'
import type { Metric } from '../../harness/model/metric.ts'
import type { Gate } from '../../harness/model/plan.ts'
import { RECORD_SCHEMA, type RunRecord } from '../../harness/model/record.ts'
import type { Report, Status } from '../../harness/model/report.ts'
import { readRecord } from '../../harness/store/index.ts'
import { parseRecord } from '../../harness/store/schema.ts'
import { upgradeRecord, upgradeRound } from '../../harness/store/upgrade.ts'
import { folderWith } from '../plan/world.ts'
import { KEPT, keptText } from './kept.ts'

let metrics: Metric[]
beforeAll(async () => {
  metrics = (await loadCapabilities()).metrics
})

interface Concluded {
  verdict: Status
  gates: Record<string, Status>
  /** Estimates of some metrics, as fractions; `null` where there was none. */
  changes: Record<string, number | null>
}

const CONCLUDED: Record<string, Concluded> = {
  capacity: {
    verdict: 'inconclusive',
    gates: { 'extra capacity': 'inconclusive' },
    changes: { 'extra capacity': -0.383523 },
  },
  compared: {
    verdict: 'inconclusive',
    gates: {},
    changes: {
      'after cpu.perRequest': 0.68192,
      'after throughput': -0.406349,
      'after latency.p99': 0.377425,
      'after memory.allocated': 0.406716,
    },
  },
  errors: {
    verdict: 'inconclusive',
    gates: { 'failing errors': 'fine', 'failing cpu.perRequest': 'inconclusive' },
    changes: {
      'failing cpu.perRequest': 0.007661,
      'failing throughput': -0.018244,
      'failing latency.p99': 0.249714,
      'failing memory.allocated': 0.009093,
    },
  },
  git: {
    verdict: 'inconclusive',
    gates: { 'current cpu.perRequest': 'inconclusive', 'current errors': 'fine' },
    changes: {
      'current cpu.perRequest': 0.586425,
      'current throughput': -0.368634,
      'current latency.p99': 0.549561,
      'current memory.allocated': -0.110029,
    },
  },
  improved: {
    verdict: 'fine',
    gates: { 'plain cpu.perRequest': 'fine', 'plain errors': 'fine' },
    changes: {
      'plain cpu.perRequest': -0.369694,
      'plain throughput': 0.585321,
      'plain latency.p99': -0.361593,
      'plain memory.allocated': 0.018863,
    },
  },
  inconclusive: {
    verdict: 'fine',
    gates: { 'extra cpu.perRequest': 'fine' },
    changes: {
      'extra cpu.perRequest': 0.001035,
      'extra throughput': 0.018722,
      'extra latency.p99': -0.029203,
      'extra memory.allocated': 0.036672,
    },
  },
  interrupted: {
    verdict: 'not comparable',
    gates: { 'extra cpu.perRequest': 'not comparable', 'extra errors': 'fine' },
    changes: {
      'extra cpu.perRequest': null,
      'extra throughput': null,
      'extra latency.p99': null,
      'extra memory.allocated': null,
    },
  },
  joined: {
    verdict: 'regressed',
    gates: { 'after cpu.perRequest': 'regressed', 'after errors': 'fine' },
    changes: {
      'after cpu.perRequest': 0.68192,
      'after throughput': -0.406349,
      'after latency.p99': 0.377425,
      'after memory.allocated': 0.406716,
    },
  },
  open: {
    verdict: 'not comparable',
    gates: { 'extra latency.p99': 'not comparable' },
    changes: {
      'extra cpu.perRequest': 0.548195,
      'extra throughput': null,
      'extra latency.p99': null,
      'extra memory.allocated': 0.027102,
    },
  },
  phases: {
    verdict: 'not comparable',
    gates: { 'extra latency.p50': 'not comparable' },
    changes: {
      'extra cpu.perRequest': 0.467062,
      'extra throughput': null,
      'extra latency.p99': null,
      'extra memory.allocated': 0.087719,
    },
  },
  python: {
    verdict: 'inconclusive',
    gates: { 'b cpu.perRequest': 'inconclusive', 'b errors': 'fine' },
    changes: { 'b cpu.perRequest': -0.052315, 'b throughput': 7.2e-5, 'b latency.p99': -0.00025 },
  },
  regressed: {
    verdict: 'regressed',
    gates: { 'extra cpu.perRequest': 'regressed', 'extra errors': 'fine' },
    changes: {
      'extra cpu.perRequest': 0.583745,
      'extra throughput': -0.367285,
      'extra latency.p99': 0.505393,
      'extra memory.allocated': -0.109291,
    },
  },
  saved: { verdict: 'inconclusive', gates: {}, changes: {} },
  several: {
    verdict: 'inconclusive',
    gates: {
      'a cpu.perRequest': 'inconclusive',
      'a errors': 'fine',
      'b cpu.perRequest': 'inconclusive',
      'b errors': 'fine',
    },
    changes: {
      'a cpu.perRequest': 0.051979,
      'a throughput': -0.049833,
      'a latency.p99': 0.028862,
      'a memory.allocated': -0.010427,
      'a memory.live': 0.000182,
      'b cpu.perRequest': 0.58419,
      'b throughput': -0.367484,
      'b latency.p99': 0.582996,
      'b memory.allocated': 0.09532,
      'b memory.live': -0.000136,
    },
  },
  unusable: {
    verdict: 'regressed',
    gates: { 'broken cpu.perRequest': 'not comparable', 'broken errors': 'regressed' },
    changes: {
      'broken cpu.perRequest': null,
      'broken throughput': null,
      'broken latency.p99': null,
      'broken memory.allocated': null,
    },
  },
}

/** Schema 1 has no type any more. */
// biome-ignore lint/suspicious/noExplicitAny: the tests damage these files in all the ways that a file can be damaged.
type Written = any

const written = (name: string): Written => JSON.parse(keptText(name))

/** Without profiles, which are most of it. */
function light(name: string): Written {
  const record = written(name)
  for (const launch of launchesIn(record))
    for (const capture of Object.values<Written>(launch.captures)) delete capture.profile
  return record
}

const launchesIn = ({ rounds, recorded }: Written): Written[] => [
  ...rounds.flatMap((round: Written) => [...round.launches, ...(round.yardsticks ?? [])]),
  ...(recorded ? launchesIn(recorded) : []),
]

function upgraded(value: unknown): RunRecord {
  const read = parseRecord(value)
  if ('problems' in read) throw new Error(read.problems.join('\n'))
  expect(read.damage).toBeUndefined()
  return read.record
}

const statusesOf = ({ verdict }: Report) =>
  Object.fromEntries(verdict.gates.map(({ gate, variant, status }) => [`${variant} ${gate.metric}`, status]))

const comparisonOf = ({ analysis }: Report, id: string) =>
  analysis.comparisons.find(({ variant, metric }) => `${variant} ${metric}` === id)

describe('records of schema 1', () => {
  test('every kind that is kept is tried', () => {
    expect(Object.keys(CONCLUDED).toSorted()).toEqual(KEPT.toSorted())
  })

  test.each(Object.entries(CONCLUDED))('%s: the conclusions are the same', async (name, expected) => {
    const folder = await folderWith({ 'record.json': keptText(name) })
    const run = await readRecord(join(folder, 'record.json'))
    expect(run.schema).toBe(RECORD_SCHEMA)
    expect(run.findings.map(({ code }) => code)).not.toContain('round-damaged')
    const report = conclude(run, metrics)
    expect(report.verdict.status).toBe(expected.verdict)
    expect(statusesOf(report)).toEqual(expected.gates)
    for (const [id, estimate] of Object.entries(expected.changes)) {
      const { change } = comparisonOf(report, id)!
      if (estimate === null) expect(change).toBeNull()
      else expect(change!.estimate).toBeCloseTo(estimate, 5)
    }
  })

  test.each(KEPT)('%s: a second upgrade changes nothing', name => {
    const once = upgradeRecord(written(name)) as RunRecord
    const copy = structuredClone(once)
    expect(upgradeRecord(once)).toBe(once)
    for (const round of once.rounds) expect(upgradeRound(round)).toBe(round)
    expect(once).toEqual(copy)
  })

  test('the rounds of a run that was cut off are read, though they do not name their schema', async () => {
    const record = written('interrupted')
    const [round] = record.rounds
    const folder = await folderWith({
      'record.json': JSON.stringify({ ...record, ending: 'running', rounds: [] }),
      'rounds/round-1.json': JSON.stringify(round),
    })
    const run = await readRecord(folder)
    expect(run.rounds).toEqual(upgraded(record).rounds)
    expect(run.findings.map(({ code }) => code)).not.toContain('round-damaged')
  })

  test('what `compare` wrote becomes two runs with one variant each', () => {
    const { recorded, ...run } = upgraded(written('compared'))
    for (const { plan, rounds } of [recorded!, run]) {
      expect(plan.variants.map(({ id }) => id)).toEqual([plan.baseline])
      expect(rounds).toHaveLength(6)
      expect(rounds.every(({ launches, yardstick }) => launches.length === 1 && yardstick)).toBe(true)
    }
    expect(recorded!.startedAt < run.startedAt).toBe(true)
  })
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

  test('on both sides fails its gate as one that was not measured', () => {
    const report = concluded(without(light('regressed'), 'cpu'), gate('cpu.perRequest'))
    expect(comparisonOf(report, 'extra cpu.perRequest')).toBeUndefined()
    expect(report.verdict.gates).toMatchObject([
      { status: 'not comparable', reason: 'cpu.perRequest was not measured.' },
    ])
  })

  test.each(Object.keys(COLUMNS))('whichever it is, the record is read and concluded: %s', column => {
    const report = concluded(without(light('regressed'), column), gate('cpu.perRequest'))
    expect(['regressed', 'not comparable']).toContain(report.verdict.status)
    expect(report.verdict.status).toBe(['cpu', 'requests'].includes(column) ? 'not comparable' : 'regressed')
  })
})

describe('a column that nobody knows', () => {
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

  test('has to be as long as the others', () => {
    const read = parseRecord(withColumn(length => length - 1))
    expect('problems' in read && read.problems[0]).toContain('timed: columns of unequal length')
  })
})

describe('a damaged record of schema 1', () => {
  /** Small records: one that was measured as a whole, and one that `compare` joined. */
  const small = ['python', 'compared'].map(name => {
    const record = light(name)
    return { ...record, sources: [], rounds: record.rounds.slice(0, 2) }
  })

  const placesIn = (value: unknown): string[][] =>
    value !== null && typeof value === 'object'
      ? Object.entries(value).flatMap(([key, inner]) => [[key], ...placesIn(inner).map(at => [key, ...at])])
      : []

  const replaced = (value: Written, [key, ...rest]: string[], by: unknown): unknown => {
    if (key === undefined) return by
    const copy = Array.isArray(value) ? [...value] : { ...value }
    copy[key] = replaced(value[key], rest, by)
    return copy
  }

  test.each(small.map(record => [record.plan.scenario, record]))(
    '%s: whatever stands in the place of a value, it is read, or refused with a reason',
    (_, record) => {
      const places = placesIn(record).filter(at => at.length < 8)
      fc.assert(
        fc.property(fc.nat(places.length - 1), fc.jsonValue({ maxDepth: 2 }), (at, value) => {
          const read = parseRecord(replaced(record, places[at]!, value))
          if ('problems' in read) expect(read.problems.length).toBeGreaterThan(0)
          else expect(read.record.schema).toBe(RECORD_SCHEMA)
        }),
        { numRuns: 300 },
      )
    },
  )

  test('is refused by its file, with what is wrong', async () => {
    const record = light('python')
    delete record.plan.seed
    const folder = await folderWith({ 'record.json': JSON.stringify(record) })
    await expect(readRecord(folder)).rejects.toMatchObject({
      name: 'UsageError',
      place: join(folder, 'record.json'),
      details: expect.stringContaining('plan.seed: '),
    })
  })

  test('that only claims to be joined is concluded without a crash', () => {
    const record = light('regressed')
    record.findings = [{ code: 'not-interleaved', severity: 'info', message: 'One side was measured.' }]
    const read = parseRecord(record)
    if ('record' in read) expect(conclude(read.record, metrics).verdict.status).not.toBe('regressed')
    else expect(read.problems.length).toBeGreaterThan(0)
  })
})
