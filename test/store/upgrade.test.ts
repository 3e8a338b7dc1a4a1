/** Records of schema 1: what the version that wrote them concluded holds after they are upgraded. */
import { join } from 'node:path'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { conclude } from '../../harness/bench.ts'
import { loadCapabilities } from '../../harness/capabilities.ts'
import type { Metric } from '../../harness/model/metric.ts'
import { RECORD_SCHEMA, type RunRecord } from '../../harness/model/record.ts'
import type { Report } from '../../harness/model/report.ts'
import { readRecord } from '../../harness/store/index.ts'
import { parseRecord } from '../../harness/store/schema.ts'
import { upgradeRecord, upgradeRound } from '../../harness/store/upgrade.ts'
import { folderWith } from '../plan/world.ts'
import { CONCLUDED } from './concluded.ts'
import { comparisonOf, KEPT, keptText, light, upgraded, type Written, written } from './kept.ts'

let metrics: Metric[]
beforeAll(async () => {
  metrics = (await loadCapabilities()).metrics
})

const statusesOf = ({ verdict }: Report) =>
  Object.fromEntries(verdict.gates.map(({ gate, variant, status }) => [`${variant} ${gate.metric}`, status]))

describe('records of schema 1', () => {
  test('every kept record is tested', () => {
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
    '%s: with any value replaced, it is read, or refused with a reason',
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

  test('is refused with its path and the problem', async () => {
    const record = light('python')
    delete record.plan.seed
    const folder = await folderWith({ 'record.json': JSON.stringify(record) })
    await expect(readRecord(folder)).rejects.toMatchObject({
      name: 'UsageError',
      place: join(folder, 'record.json'),
      details: expect.stringContaining('plan.seed: '),
    })
  })

  test('that only looks joined is refused, because it has no variants to separate', () => {
    const record = light('regressed')
    record.findings = [{ code: 'not-interleaved', severity: 'info', message: 'One side was measured.' }]
    expect(parseRecord(record)).toMatchObject({
      problems: [expect.stringContaining('plan.variants'), expect.stringContaining('recorded.plan.variants')],
    })
  })
})
