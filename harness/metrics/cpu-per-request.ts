import type { Metric } from '../model/capabilities.ts'
import { perRequest } from './per-request.ts'

/** On-CPU time of every thread of the process tree. */
const cpuPerRequest: Metric = {
  id: 'cpu.perRequest',
  title: 'CPU per request',
  unit: 'µs',
  better: 'lower',
  order: 10,
  measure: launch => perRequest(launch, 'cpu', 1e-3),
}

export default cpuPerRequest
