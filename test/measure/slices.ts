import type { Slice } from '../../harness/model/launch.ts'
import { SLICE_FIELDS } from '../../harness/model/record.ts'

/** A slice with literal counters; whatever is not given is `null`, as on a platform without it. */
export function slice(given: Partial<Slice>): Slice {
  const empty = Object.fromEntries(SLICE_FIELDS.map(field => [field, null])) as Slice
  return { ...empty, requests: 500, errors: 0, unexpected: 0, ...given }
}
