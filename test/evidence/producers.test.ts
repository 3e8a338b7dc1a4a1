/** What each producer puts into its evidence. */
import { describe, expect, test } from 'vitest'
import {
  evidenceOfProfiles,
  evidenceOfRecords,
  evidenceOfRun,
  joinRecords,
  RECORDED,
  withoutIdle,
} from '../../harness/evidence/index.ts'
import type { ProfileFile } from '../../harness/model/diff.ts'
import type { RunRecord } from '../../harness/model/record.ts'
import { ProfileBuilder } from '../../harness/profile/index.ts'
import { day } from '../analyze/days.ts'
import { environment, launch, plan, run } from '../analyze/records.ts'

describe('a run', () => {
  test('is paired by rounds, with every launch as a sample and its yardstick as the reference', () => {
    const measured = day(1, { rounds: 2 })
    const evidence = evidenceOfRun(measured)
    expect(evidence).toMatchObject({ pairing: 'rounds', baseline: 'before', referenced: false })
    expect(evidence.subjects).toMatchObject([
      { id: 'before', label: 'Before' },
      { id: 'after', label: 'After' },
    ])
    expect(evidence.samples.map(({ subject, round }) => [subject, round])).toEqual([
      ['before', 1],
      ['before', 2],
    ])
    const [sample] = evidence.samples
    expect(sample!.columns).toBe(measured.rounds[0]!.launches[0]!.timed)
    expect(sample!.reference!.columns).toBe(measured.rounds[0]!.yardstick!.timed)
    expect(sample!.reference!.reference).toBeUndefined()
  })
})

describe('two records', () => {
  const later = (given: Partial<RunRecord> = {}) =>
    day(1, { given: { startedAt: '2026-05-05T10:00:00.000Z', ...given } })
  const labels = (before: RunRecord, after: RunRecord) =>
    evidenceOfRecords(before, after, 'before').subjects.map(({ label }) => label)

  test('are independent, and both sides are numbered from 1', () => {
    const evidence = evidenceOfRecords(day(1), later(), 'before')
    expect(evidence).toMatchObject({ pairing: 'independent', baseline: 'before', referenced: true })
    expect(evidence.samples.map(({ round }) => round)).toEqual([...Array(16).keys()].map(at => (at % 8) + 1))
    expect(evidence.drifting).toEqual(['processor', 'waiting', 'runtime'])
  })

  test('are labelled by commit where the commits differ, or else by time', () => {
    const at = (commit: string | null) => ({ environment: { ...environment, commit } })
    expect(labels(day(1, { given: at('0'.repeat(40)) }), later(at('1'.repeat(40))))).toEqual([
      'Before (000000000000)',
      'Before (111111111111)',
    ])
    expect(labels(day(1), later(at('1'.repeat(40))))).toEqual([
      'Before (2026-05-04 09:12)',
      'Before (2026-05-05 10:00)',
    ])
  })

  test('are labelled by the id of a variant that the earlier one did not plan', () => {
    const without = day(1, { given: { plan: { ...plan, variants: plan.variants.slice(1) } } })
    expect(labels(without, later())).toEqual(['before (2026-05-04 09:12)', 'Before (2026-05-05 10:00)'])
  })

  test('have the collectors that both sides used', () => {
    const using = (...collectors: string[]) => run([[launch('before')]], { plan: { ...plan, collectors } })
    const { collectors } = evidenceOfRecords(using('cpu', 'heap'), using('gc', 'cpu'), 'before')
    expect(collectors).toEqual(['cpu'])
  })

  test('are quick where either is', () => {
    const quick = later({ plan: { ...plan, quick: true } })
    for (const [before, after] of [
      [day(1), quick],
      [quick, day(1)],
    ] as const)
      expect(evidenceOfRecords(before, after, 'before').plan!.quick).toBe(true)
  })

  test('joined are the later one without gates, with one variant of each', () => {
    const gated = { plan: { ...plan, gates: [{ metric: 'errors', max: 0, level: 'error' as const }] } }
    const two = (given: Partial<RunRecord>) => run([[launch('before'), launch('after')]], given)
    const joined = joinRecords(two({ id: 'earlier' }), two({ id: 'later', ...gated }), 'after', {
      output: '/out',
      repeat: 'again',
    })
    expect(joined).toMatchObject({ id: 'later', recorded: { id: 'earlier' } })
    expect(joined.plan).toMatchObject({ output: '/out', repeat: 'again', gates: [], baseline: 'after' })
    for (const { plan, rounds } of [joined, joined.recorded!]) {
      expect(plan.variants.map(({ id }) => id)).toEqual(['after'])
      expect(rounds[0]!.launches.map(({ variant }) => variant)).toEqual(['after'])
    }
  })
})

describe('profiles', () => {
  const file = (path: string): ProfileFile => {
    const builder = new ProfileBuilder([{ type: 'cpu', unit: 'nanoseconds' }])
    builder.sample(builder.stack(-1, builder.location(builder.function('work', '/a.js', 1))), [5e6])
    return { path, format: 'pprof', profile: builder.build(), repaired: 1 }
  }
  const sides = {
    before: { label: 'a', files: [file('a/1.pb.gz'), file('a/2.pb.gz')] },
    after: { label: 'b', files: [file('b/1.pb.gz')] },
  }

  test('are independent samples, each with an equal share of the requests of its side', () => {
    const { samples, ...evidence } = evidenceOfProfiles({ ...sides, requests: [100, 80] })
    expect(evidence).toMatchObject({ pairing: 'independent', baseline: 'before', collectors: [RECORDED] })
    expect(samples.map(({ subject, round, columns }) => [subject, round, columns])).toEqual([
      ['before', 1, { requests: [50] }],
      ['before', 2, { requests: [50] }],
      ['after', 1, { requests: [80] }],
    ])
  })

  test('have the requests of their windows, and windows without any are left out', () => {
    const windowed = (path: string, requests: number): ProfileFile => {
      const { profile, ...rest } = file(path)
      const window = {
        kind: 'window',
        service: 'shop',
        host: 'a',
        pid: 1,
        startedAt: '',
        duration: 1,
        errors: 0,
      }
      return {
        ...rest,
        profile: { ...profile, comments: [`flamegate-window ${JSON.stringify({ ...window, requests })}`] },
      }
    }
    const before = withoutIdle({
      label: 'a',
      files: [windowed('a/1', 30), windowed('a/2', 0), windowed('a/3', 50)],
    })
    const after = withoutIdle({ label: 'b', files: [windowed('b/1', 0)] })
    const { samples, findings } = evidenceOfProfiles({ before, after })
    expect(samples.map(({ columns }) => columns.requests)).toEqual([[30], [50], [0]])
    expect(findings[0]).toMatchObject({ code: 'idle-windows', message: 'a: 1 window without a request.' })
  })

  test('have no column where the requests are unknown', () => {
    expect(evidenceOfProfiles(sides).samples.map(({ columns }) => columns)).toEqual([{}, {}, {}])
  })

  test('report what the profilers lost', () => {
    expect(evidenceOfProfiles(sides).findings).toMatchObject([
      { code: 'repaired-samples', message: expect.stringMatching(/: 3\.$/) },
    ])
  })
})
