import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { comparisonsOf } from '../../../harness/analyze/index.ts'
import { loadCapabilities } from '../../../harness/capabilities.ts'
import { evidenceOfRun } from '../../../harness/evidence/index.ts'
import type { LaunchRecord } from '../../../harness/model/launch.ts'
import type { RunRecord } from '../../../harness/model/record.ts'
import { createHistogram, encodeHistogram, record } from '../../../harness/stats/histogram.ts'
import { seededRandom } from '../../../harness/stats/random.ts'
import { compact, nameOf } from '../../../validate/capture/compact.ts'
import { addReplay, readReplay, replayFiles } from '../../../validate/capture/replays.ts'
import { folderWith } from '../../plan/world.ts'
import { sampleRecord } from '../../store/record.ts'

const REPLAYS = join(import.meta.dirname, '../../replays')

const random = seededRandom(11)
const { metrics } = await loadCapabilities()

/** The record of an A/A run with plausible figures in every column. */
function measuredRecord(): RunRecord {
  const run = sampleRecord()
  const [round] = run.rounds
  return {
    ...run,
    plan: {
      ...run.plan,
      variants: run.plan.variants.map(variant => ({ ...variant, environment: { SECRET: 'x' } })),
    },
    rounds: [1, 2, 3, 4].map(index => ({ ...round!, index, launches: round!.launches.map(measuredLaunch) })),
  }
}

function measuredLaunch(launch: LaunchRecord): LaunchRecord {
  const slice = (typical: number) => Array.from({ length: 4 }, () => typical * (0.9 + 0.2 * random()))
  const whole = (typical: number) => slice(typical).map(Math.round)
  const histogram = createHistogram()
  for (const latency of slice(900)) record(histogram, latency)
  const { slices } = launch.collected.cpu!
  // Captures of nothing but right answers: others are left out of the comparison.
  const right = slices.requests!.map(() => 0)
  const captured = { slices: { ...slices, errors: right, unexpected: right } }
  return {
    ...launch,
    timed: {
      ...launch.timed,
      requests: [200, 200, 200, 200],
      bytes: whole(110_000),
      wall: whole(25e6),
      cpu: whole(21e6),
      mainCpu: whole(20e6),
      runDelay: whole(4e5),
      allocated: whole(2e6),
      gcPause: slice(2e5),
      loopActive: slice(2e7),
      loopIdle: slice(3e6),
      loaderUtilization: slice(0.5),
    },
    histograms: { latency: [encodeHistogram(histogram)], firstByte: [encodeHistogram(histogram)] },
    collected: {
      'event-loop': { ...captured, figures: { p99: 1e6 * (1 + random()) } },
      heap: { ...captured, figures: { live: 2e7 * (1 + random()) } },
    },
    memory: { resident: Math.round(5e7 * (1 + random())), heapUsed: null },
    capacity: { rate: 900 + 200 * random(), trials: [] },
  }
}

describe('a replay', () => {
  test('yields the log-ratio of every metric that its record yields', () => {
    const run = measuredRecord()
    const [before, after] = [
      comparisonsOf(evidenceOfRun(run), metrics),
      comparisonsOf(evidenceOfRun(compact(run)), metrics),
    ]
    expect(after.map(({ metric }) => metric)).toEqual(
      metrics.toSorted((a, b) => a.order - b.order).map(({ id }) => id),
    )
    for (const [at, { ratios, metric }] of before.entries())
      for (const [round, ratio] of ratios.entries())
        expect(after[at]!.ratios[round], metric).toBeCloseTo(ratio!, 3)
    expect(before.some(({ ratios }) => ratios.some(ratio => ratio !== null && Math.abs(ratio) > 0.01))).toBe(
      true,
    )
  })

  test('says nothing about where it was measured', () => {
    const text = JSON.stringify(compact(measuredRecord()))
    for (const word of ['/app', '/node', 'SECRET', 'H4sI']) expect(text).not.toContain(word)
  })

  test('is of variants that are the same', () => {
    const run = measuredRecord()
    const [first, second] = run.plan.variants
    const variants = [first!, { ...second!, environment: { SECRET: 'y' } }]
    expect(() => compact({ ...run, plan: { ...run.plan, variants } })).toThrow(/\(a, b\) differ/)
    expect(() => compact({ ...run, rounds: [] })).toThrow(/no round/)
  })

  test('is called after the time that its launches waited', () => {
    const run = measuredRecord()
    expect(nameOf(run)).toBe('demo-quiet')
    for (const { timed } of run.rounds.flatMap(({ launches }) => launches))
      timed.runDelay = timed.wall!.map(wall => wall! * 0.2)
    expect(nameOf(run)).toBe('demo-disturbed')
  })
})

describe('the folder', () => {
  test('is added to, and read again', async () => {
    const folder = join(await folderWith({}), 'replays')
    expect(replayFiles(folder)).toEqual([])
    const run = compact(measuredRecord())
    expect(addReplay(folder, 'demo-quiet', run).file).toBe('demo-quiet-1.json.gz')
    expect(addReplay(folder, 'demo-quiet', run).file).toBe('demo-quiet-2.json.gz')
    expect(replayFiles(folder)).toEqual(['demo-quiet-1.json.gz', 'demo-quiet-2.json.gz'])
    expect(readReplay(folder, 'demo-quiet-1.json.gz')).toEqual(run)
  })

  test('takes nothing that is not a record', async () => {
    const broken = { ...compact(measuredRecord()), ending: 'lost' } as unknown as RunRecord
    const folder = await folderWith({})
    expect(() => addReplay(folder, 'demo', broken)).toThrow(/demo-1.* ending/)
    expect(replayFiles(folder)).toEqual([])
  })

  test.each(replayFiles(REPLAYS))('%s is a record of an A/A run without paths', async name => {
    const { plan, rounds } = readReplay(REPLAYS, name)
    expect(plan.variants.flatMap(({ directory, command }) => [directory, ...command]).join('')).toBe('')
    expect(rounds.length).toBeGreaterThan(0)
    const text = gunzipSync(await readFile(join(REPLAYS, name))).toString('utf8')
    expect(text).not.toMatch(/"[^"]*\/(work|home|root|Users)\//)
  })
})
