import type { LaunchRecord, SliceField } from '../model/record.ts'

/** A counter of the timed slices over the requests of each; `null` for a slice without either. */
export function perRequest({ timed }: LaunchRecord, field: SliceField, scale = 1): (number | null)[] {
  return timed[field].map((value, i) => {
    const requests = timed.requests[i] ?? 0
    return value === null || requests === 0 ? null : (value * scale) / requests
  })
}

/** The sum of a counter over the timed slices, `null` when one of them lacks it. */
export function total({ timed }: LaunchRecord, field: SliceField): number | null {
  const values = timed[field]
  if (values.length === 0 || values.includes(null)) return null
  return values.reduce<number>((sum, value) => sum + value!, 0)
}

/** A counter over all requests of the timed slices. */
export function overall(launch: LaunchRecord, field: SliceField, scale = 1): number | null {
  const value = total(launch, field)
  const requests = total(launch, 'requests')
  return value === null || !requests ? null : (value * scale) / requests
}
