/** Sums and typical values over a record's timed slices. */
import type { LaunchRecord, RunRecord, SliceField } from '../model/record.ts'
import { measured, median } from '../stats/describe.ts'

export const launchesOf = ({ rounds }: RunRecord, variant?: string): LaunchRecord[] =>
  rounds
    .flatMap(({ launches }) => launches)
    .filter(launch => variant === undefined || launch.variant === variant)

export const sumOf = (launches: LaunchRecord[], field: SliceField): number =>
  launches.flatMap(({ timed }) => measured(timed[field])).reduce((total, value) => total + value, 0)

/** Median over slices of `field / per`; `null` where either was never measured. */
export function typicalRatio(launches: LaunchRecord[], field: SliceField, per: SliceField): number | null {
  const ratios = launches.flatMap(({ timed }) =>
    measured(
      timed[field].map((value, row) => {
        const divisor = timed[per][row]
        return value === null || !divisor ? null : value / divisor
      }),
    ),
  )
  return ratios.length > 0 ? median(ratios) : null
}

/** Median over slices. */
export function typical(launches: LaunchRecord[], field: SliceField): number | null {
  const values = launches.flatMap(({ timed }) => measured(timed[field]))
  return values.length > 0 ? median(values) : null
}
