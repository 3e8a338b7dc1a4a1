import type { Metric } from '../model/capabilities.ts'
import { latencyAt } from './latency.ts'

/** The time that 99 % of the answers did not exceed. */
const p99: Metric = {
  id: 'latency.p99',
  title: 'Latency p99',
  unit: 'µs',
  better: 'lower',
  order: 32,
  seenByLoader: true,
  measure: launch => latencyAt(launch, 99),
}

export default p99
