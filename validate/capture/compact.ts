/**
 * Record → replay: the values that metrics are computed from, and nothing that says where they were measured. A replay is
 * still a record, so the code that reads and analyzes records reads replays too. Pure.
 */
import { disturbance } from '../../harness/analyze/exclusion.ts'
import { evidenceOfRun } from '../../harness/evidence/index.ts'
import type { LaunchRecord, Slices } from '../../harness/model/launch.ts'
import type { PlannedVariant } from '../../harness/model/plan.ts'
import type { RunRecord } from '../../harness/model/record.ts'
import { measured, median } from '../../harness/stats/describe.ts'

/** Counters of timed slices that metrics and the exclusion of rounds read; all others are dropped. */
const COUNTED = [
  ...['requests', 'errors', 'unexpected', 'bytes', 'allocated', 'gcCount'],
  ...['all', 'main', 'pool'].flatMap(who => [
    `${who}VoluntarySwitches`,
    `${who}ForcedSwitches`,
    `${who}Migrations`,
  ]),
  ...['majorFaults', 'blockRead', 'blockWritten'],
]
/** Times and shares of time that they read. */
const TIMED =
  'wall cpu mainCpu runDelay mainRunDelay poolRunDelay gcPause loopActive loopIdle loaderUtilization'.split(
    ' ',
  )

/** Significant digits of a time: an error of 0.005 % at most. */
const DIGITS = 5

/** A machine is disturbed when the median launch waits for a processor for more than this share of its time. */
const DISTURBED = 0.1

const NOWHERE = { command: [], directory: '', environment: {}, node: '' }

/** @throws Error when the variants of the record differ, or nothing was measured */
export function compact({ sources, packages, needs, ...run }: RunRecord): RunRecord {
  refuseDifference(run.plan.variants)
  if (run.rounds.length === 0) throw new Error('The record has no round.')
  const { request, needs: _, ...plan } = run.plan
  return {
    ...run,
    plan: {
      ...plan,
      file: '',
      output: '',
      repeat: '',
      variants: run.plan.variants.map(variant => ({ ...variant, ...NOWHERE })),
    },
    environment: { ...run.environment, commit: null },
    findings: [],
    rounds: run.rounds.map(({ files: _, ...round }) => ({
      ...round,
      launches: round.launches.map(compactLaunch),
    })),
  }
}

function compactLaunch({ timed, warmup, collected, versions, ...launch }: LaunchRecord): LaunchRecord {
  const engine = Object.entries(versions).filter(([name]) => name === 'node' || name === 'v8')
  return {
    ...launch,
    versions: Object.fromEntries(engine),
    warmup: { settled: warmup.settled, slices: {} },
    timed: kept(timed),
    collected: Object.fromEntries(
      Object.entries(collected).map(([name, { figures }]) => [name, { slices: {}, figures }]),
    ),
  }
}

function kept(slices: Slices): Slices {
  const rounded = (value: number | null) => (value === null ? null : Number(value.toPrecision(DIGITS)))
  return Object.fromEntries(
    Object.entries(slices).flatMap(([name, values]) => {
      if (COUNTED.includes(name)) return [[name, values]]
      return TIMED.includes(name) ? [[name, values.map(rounded)]] : []
    }),
  )
}

/** A replay stands for a change that does nothing, so its variants must be equal. */
function refuseDifference(variants: PlannedVariant[]): void {
  const sameness = ({ command, directory, environment, node }: PlannedVariant) =>
    JSON.stringify([command, directory, Object.entries(environment).sort(), node])
  if (variants.length < 2 || new Set(variants.map(sameness)).size > 1)
    throw new Error(
      `The variants (${variants.map(({ id }) => id).join(', ')}) differ: capture a run of \`--aa\`, or of \`injected\` at 0 %.`,
    )
}

/** `injected-quiet`, `hello-disturbed` */
export function nameOf(run: RunRecord): string {
  const waits = measured(evidenceOfRun(run).samples.map(disturbance))
  const disturbed = waits.length > 0 && median(waits) > DISTURBED
  return `${run.plan.scenario}-${disturbed ? 'disturbed' : 'quiet'}`
}
