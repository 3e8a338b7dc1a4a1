import type { Metric } from '../model/capabilities.ts'
import { latencyAt } from './latency.ts'

/** The time that 50 % of the answers did not exceed. */
const p50: Metric = {
  id: 'latency.p50',
  title: 'Latency p50',
  unit: 'µs',
  better: 'lower',
  order: 30,
  seenByLoader: true,
  measure: launch => latencyAt(launch, 50),
}

export default p50
