import type { LaunchRecord, SliceField } from '../model/record.ts'

/** A counter of the timed slices over the requests of each; `null` for a slice without either. */
export function perRequest({ timed }: LaunchRecord, field: SliceField, scale = 1): (number | null)[] {
  return timed[field].map((value, i) => {
    const requests = timed.requests[i] ?? 0
    return value === null || requests === 0 ? null : (value * scale) / requests
  })
}

/** The sum of a counter over the timed slices that have it, `null` when none has: agents answer now and then only. */
export function total({ timed }: LaunchRecord, field: SliceField): number | null {
  const values = timed[field].filter(value => value !== null)
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0)
}

/** A counter over all requests of the timed slices that have it. */
export function overall(launch: LaunchRecord, field: SliceField, scale = 1): number | null {
  const value = total(launch, field)
  const { [field]: counter, requests } = launch.timed
  const answered = requests.reduce<number>(
    (sum, count, i) => sum + (counter[i] === null ? 0 : (count ?? 0)),
    0,
  )
  return value === null || answered === 0 ? null : (value * scale) / answered
}
