import type { Metric } from '../model/capabilities.ts'

/** Requests per second up to which the latency stays under the limit; looked for by `capacity` only. */
const capacity: Metric = {
  id: 'capacity',
  title: 'Capacity',
  unit: '1/s',
  better: 'higher',
  order: 5,
  seenByLoader: true,
  measure: launch => launch.capacity?.rate ?? null,
}

export default capacity
