import { COLUMNS } from '../../harness/model/columns.ts'
import type { Slice } from '../../harness/model/launch.ts'

/** A slice with literal counters; whatever is not given is `null`, as on a platform without it. */
export function slice(given: Slice): Slice {
  const empty = Object.fromEntries(Object.keys(COLUMNS).map(name => [name, null]))
  return { ...empty, requests: 500, errors: 0, unexpected: 0, ...given }
}
