/** A run of a medium-sized service: three collectors, some 1,500 stacks in every profile, long timelines. */
import { encodePprof } from '../../harness/formats/index.ts'
import type { Flame, FrameChange } from '../../harness/model/flame.ts'
import type { Slices } from '../../harness/model/launch.ts'
import type { Report } from '../../harness/model/report.ts'
import { labelMoments, ProfileBuilder } from '../../harness/profile/index.ts'
import { seededRandom } from '../../harness/stats/random.ts'
import { edited } from '../../test/reports/records.ts'
import { launchesOf } from '../../test/reports/variations.ts'
import { bigFlame } from './big-flame.ts'

const COLLECTORS = [
  { collector: 'cpu', unit: 'µs' },
  { collector: 'allocation', unit: 'bytes' },
  { collector: 'stalls', unit: 'µs' },
]
const NODES = 4_000
const STACKS = 1_500

/** Eight rounds of two variants. */
export function largeRun(): Report {
  const flames = COLLECTORS.map(({ collector, unit }): Flame => {
    const flame = withSources({ ...bigFlame(NODES), variant: 'extra', baseline: 'plain', collector, unit })
    return collector === 'allocation' ? flame : { ...flame, moments: momentsOf(flame) }
  })
  const report = edited('regressed', run => {
    run.rounds.length = 8
    launchesOf(run).forEach((launch, i) => {
      launch.timed = repeated(launch.timed, 4)
      launch.warmup.slices = repeated(launch.warmup.slices, 3)
      for (const { collector } of COLLECTORS) {
        const slices = repeated(launch.collected.cpu!.slices, 2)
        launch.collected[collector] = { slices, profile: profileOf(flames[0]!, i), figures: {} }
      }
    })
  })
  report.analysis.flames = flames
  report.analysis.frames = flames.flatMap(functionsOf)
  return report
}

const repeated = (slices: Slices, times: number): Slices =>
  Object.fromEntries(
    Object.entries(slices).map(([field, column]) => [
      field,
      Array.from({ length: times }, (_, i) => column.map(it => (it === null ? null : it + i))).flat(),
    ]),
  ) as Slices

/** A thousand samples in the stacks of the flame. */
function profileOf(flame: Flame, seed: number): string {
  const random = seededRandom(seed)
  const builder = new ProfileBuilder([
    { type: 'samples', unit: 'count' },
    { type: 'cpu', unit: 'nanoseconds' },
  ])
  const stacks: number[] = []
  for (let i = 0; i < STACKS; i++) {
    const { function: name, file, line } = flame.frames[flame.frame[i]!]!
    const location = builder.location(builder.function(name, `file://${file}`, line, 1), line)
    stacks.push(builder.stack(i === 0 ? -1 : stacks[flame.parent[i]!]!, location))
  }
  for (let sample = 0; sample < 1_000; sample++) {
    builder.sample(stacks[Math.floor(random() ** 2 * STACKS)]!, [1, 1_000_000], undefined, sample)
  }
  const profile = labelMoments(builder.build({ duration: 1_000, period: 1_000_000 }))
  return Buffer.from(encodePprof(profile)).toString('base64')
}

/** Source lines with their cost for as many functions as a record has. */
const withSources = (flame: Flame): Flame => ({
  ...flame,
  frames: flame.frames.map((frame, i) => {
    const rows = Array.from({ length: 12 }, (_, row) => ({
      text: `  const value${row} = compute${i}(row, ${i * row})`,
      before: { line: frame.line + row, self: i / (row + 7) },
      after: { line: frame.line + row, self: i / (row + 6) },
    }))
    return i < 80 ? { ...frame, source: { rows, rest: { before: 0, after: i / 9 } } } : frame
  }),
})

const STEPS = 20
const SAMPLES = 16_000

/** A thousand samples of every launch, each in its step. */
function momentsOf(flame: Flame): Flame['moments'] {
  const random = seededRandom(flame.parent.length)
  const cells = new Map<number, [number, number]>()
  for (let sample = 0; sample < SAMPLES; sample++) {
    const node = Math.floor(random() ** 2 * flame.parent.length)
    const key = Math.floor(random() * STEPS) * flame.parent.length + node
    const cell = cells.get(key) ?? [0, 0]
    // A sample is about a millisecond, divided by the requests of its launch.
    cell[sample % 2]! += (0.99 + 0.02 * random()) / 8
    cells.set(key, cell)
  }
  const entries = [...cells].sort(([a], [b]) => a - b)
  const even = new Array<number>(STEPS).fill(1 / STEPS)
  return {
    step: 50,
    requests: { before: even, after: even },
    node: entries.map(([key]) => key % flame.parent.length),
    at: entries.map(([key]) => Math.floor(key / flame.parent.length)),
    before: entries.map(([, cell]) => cell[0]),
    after: entries.map(([, cell]) => cell[1]),
  }
}

function functionsOf(flame: Flame): FrameChange[] {
  const { variant, baseline, collector } = flame
  return flame.frames.map((frame, i) => {
    const estimate = 0.02 * Math.sin(i)
    return {
      ...frame,
      variant,
      baseline,
      collector,
      before: 1 + (i % 7),
      after: (1 + (i % 7)) * (1 + estimate),
      totalBefore: 20 + (i % 11),
      totalAfter: 20 + (i % 13),
      change: { estimate, low: estimate - 0.01, high: estimate + 0.01, confidence: 0.95 },
      p: Math.abs(Math.cos(i)),
      significant: Math.abs(estimate) > 0.01,
      detectable: 0.013,
    }
  })
}
