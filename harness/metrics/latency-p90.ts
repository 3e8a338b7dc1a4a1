import type { Metric } from '../model/capabilities.ts'
import { latencyAt } from './latency.ts'

/** The time that 90 % of the answers did not exceed. */
const p90: Metric = {
  id: 'latency.p90',
  title: 'Latency p90',
  unit: 'µs',
  better: 'lower',
  order: 31,
  secondary: true,
  seenByLoader: true,
  measure: launch => latencyAt(launch, 90),
}

export default p90
