import type { Metric } from '../model/capabilities.ts'
import { latencyAt } from './latency.ts'

/** The time that 99.9 % of the answers did not exceed. */
const p999: Metric = {
  id: 'latency.p999',
  title: 'Latency p99.9',
  unit: 'µs',
  better: 'lower',
  order: 33,
  seenByLoader: true,
  measure: launch => latencyAt(launch, 99.9),
}

export default p999
