/** Runs of one variant with its yardsticks, on days on which the machine is slower or faster. */
import type { LaunchRecord } from '../../harness/model/launch.ts'
import type { RunRecord } from '../../harness/model/record.ts'
import { plan, QUIET, run, slices } from './records.ts'

const ROUNDS = 8

export const yardstick = {
  version: 1,
  variant: { ...plan.variants[0]!, id: 'yardstick' },
  load: plan.load,
}

/** Launches scatter by a per cent or so, always in the same way. */
const wobble = (round: number) => 1 + 0.004 * (((round * 7) % 5) - 2)

const launchAt = (variant: string, cost: number, bytes = 1_000): LaunchRecord => ({
  variant,
  boot: 100,
  versions: { node: '26.10.0' },
  warmup: { settled: true, slices: slices({}) },
  timed: slices({
    ...QUIET,
    cpu: [1, 2, 3].map(i => 100 * cost * (1 + i / 1e4)),
    allocated: [100 * bytes, 100 * bytes, 100 * bytes],
  }),
  histograms: { latency: [] },
  collected: {},
  memory: { resident: null, heapUsed: null },
})

/** A day on which the machine takes `slowness` times as long for everything. */
export function day(
  slowness: number,
  { cost = 50_000, bytes = 1_000, given = {}, rounds = ROUNDS } = {},
): RunRecord {
  const record = run(
    Array.from({ length: rounds }, (_, i) => [launchAt('before', slowness * cost * wobble(i), bytes)]),
    { plan: { ...plan, yardstick }, ...given },
  )
  record.rounds.forEach((round, i) => {
    round.yardstick = launchAt('yardstick', slowness * 80_000 * wobble(i + 3))
  })
  return record
}
