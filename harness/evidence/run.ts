/** A run → evidence: its launches, in rounds. */
import type { Evidence, Sample } from '../model/evidence.ts'
import type { LaunchRecord } from '../model/launch.ts'
import type { RoundRecord, RunRecord } from '../model/record.ts'

/** Every variant of the run, measured in turn. */
export const evidenceOfRun = ({ plan, rounds, findings, sources, packages }: RunRecord): Evidence => ({
  pairing: 'rounds',
  subjects: plan.variants.map(planned => ({
    id: planned.id,
    label: planned.label,
    planned,
    sources,
    packages,
  })),
  baseline: plan.baseline,
  samples: rounds.flatMap(round => round.launches.map(launch => sampleOf(launch, round))),
  collectors: plan.collectors,
  steps: plan.load.steps.map(({ name }) => name),
  drifting: [],
  referenced: false,
  findings,
  plan,
})

export function sampleOf({ variant, timed, ...launch }: LaunchRecord, round: RoundRecord): Sample {
  const { index, startedAt, duration, yardstick } = round
  return {
    ...launch,
    subject: variant,
    round: index,
    window: { startedAt, duration },
    columns: timed,
    reference: yardstick && sampleOf(yardstick, { ...round, yardstick: undefined }),
  }
}
