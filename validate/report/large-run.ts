/** A run of a middle-sized service: three collectors, some 1,500 stacks in every profile, long timelines. */
import type { Slices } from '../../harness/model/record.ts'
import type { Flame, FrameChange, Report } from '../../harness/model/report.ts'
import { encodePprof, ProfileBuilder } from '../../harness/pprof/index.ts'
import { seededRandom } from '../../harness/stats/random.ts'
import { sampleReport } from '../../test/reports/sample.ts'
import { bigFlame } from './big-flame.ts'

const COLLECTORS = [
  { collector: 'cpu', unit: 'µs' },
  { collector: 'allocation', unit: 'bytes' },
  { collector: 'event-loop', unit: 'µs' },
]
const NODES = 4_000
const STACKS = 1_500

/** Eight rounds of two variants. */
export function largeRun(): Report {
  const report = sampleReport()
  const flames = COLLECTORS.map(collector => ({ ...bigFlame(NODES), ...pairOf(report), ...collector }))
  const [flame] = flames
  report.run.rounds.forEach((round, i) => {
    round.launches.forEach((launch, j) => {
      launch.timed = repeated(launch.timed, 4)
      launch.warmup.slices = repeated(launch.warmup.slices, 8)
      for (const { collector } of COLLECTORS) {
        const slices = repeated(launch.captures.cpu!.slices, 4)
        launch.captures[collector] = { slices, profile: profileOf(flame!, i * 10 + j), figures: {} }
      }
    })
  })
  report.analysis.flames = flames
  report.analysis.frames = flames.flatMap(functionsOf)
  return report
}

const pairOf = ({ run }: Report) => ({ variant: run.plan.variants[1]!.id, baseline: run.plan.baseline })

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
  return Buffer.from(encodePprof(builder.build({ duration: 1_000, period: 1_000_000 }))).toString('base64')
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
