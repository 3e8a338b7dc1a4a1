/**
 * Record → replay: what the metrics are computed from, and nothing that says where it was measured. Still a record, so
 * that the code which reads and analyzes records reads replays too. Pure.
 */
import { disturbance } from '../../harness/analyze/exclusion.ts'
import type { PlannedVariant } from '../../harness/model/plan.ts'
import { type LaunchRecord, type Slices } from '../../harness/model/launch.ts'
import { type RunRecord, SLICE_FIELDS, type SliceField } from '../../harness/model/record.ts'
import { measured, median } from '../../harness/stats/describe.ts'

/** Counters of timed slices that metrics and the rule of excluded rounds read; the others become `null`. */
const COUNTED: SliceField[] = ['requests', 'errors', 'unexpected', 'bytes', 'allocated', 'gcCount']
/** Likewise, times and shares of time. */
const TIMED: SliceField[] = [
  'wall',
  'cpu',
  'mainCpu',
  'runDelay',
  'gcPause',
  'loopActive',
  'loopIdle',
  'loaderUtilization',
]

/** Significant digits of a time: an error of 0.005 % at most. */
const DIGITS = 5

/** Share of its time that the median launch waits for a processor, from which a machine is disturbed. */
const DISTURBED = 0.1

/** @throws Error when the variants of the record are not the same thing, or nothing was measured */
export function compact({ sources: _, ...run }: RunRecord): RunRecord {
  refuseDifference(run.plan.variants)
  if (run.rounds.length === 0) throw new Error('The record has no round.')
  return {
    ...run,
    plan: {
      ...run.plan,
      file: '',
      output: '',
      repeat: '',
      variants: run.plan.variants.map(variant => ({
        ...variant,
        command: [],
        directory: '',
        environment: {},
        node: '',
      })),
    },
    environment: { ...run.environment, commit: null },
    findings: [],
    rounds: run.rounds.map(round => ({ ...round, launches: round.launches.map(compactLaunch) })),
  }
}

function compactLaunch({ timed, warmup, captures, versions, ...launch }: LaunchRecord): LaunchRecord {
  const { node, v8 } = versions
  return {
    ...launch,
    versions: { ...(node !== undefined && { node }), ...(v8 !== undefined && { v8 }) },
    warmup: { settled: warmup.settled, slices: columns(() => []) },
    timed: columns(field => kept(field, timed[field])),
    captures: Object.fromEntries(
      Object.entries(captures).map(([name, { figures }]) => [name, { slices: columns(() => []), figures }]),
    ),
  }
}

const columns = (column: (field: SliceField) => (number | null)[]): Slices =>
  Object.fromEntries(SLICE_FIELDS.map(field => [field, column(field)])) as Slices

function kept(field: SliceField, values: (number | null)[]): (number | null)[] {
  if (COUNTED.includes(field)) return values
  if (TIMED.includes(field))
    return values.map(value => (value === null ? null : Number(value.toPrecision(DIGITS))))
  return values.map(() => null)
}

/** A replay stands for a change that does nothing. */
function refuseDifference(variants: PlannedVariant[]): void {
  const sameness = ({ command, directory, environment, node }: PlannedVariant) =>
    JSON.stringify([command, directory, Object.entries(environment).sort(), node])
  if (variants.length < 2 || new Set(variants.map(sameness)).size > 1)
    throw new Error(
      `The variants (${variants.map(({ id }) => id).join(', ')}) differ: capture a run of \`--aa\`, or of \`injected\` at 0 %.`,
    )
}

/** `injected-quiet`, `hello-disturbed` */
export function nameOf({ plan, rounds }: RunRecord): string {
  const waits = measured(rounds.flatMap(({ launches }) => launches.map(disturbance)))
  const disturbed = waits.length > 0 && median(waits) > DISTURBED
  return `${plan.scenario}-${disturbed ? 'disturbed' : 'quiet'}`
}
