import type { Metric } from '../model/capabilities.ts'
import { perRequest } from './per-request.ts'

/** On-CPU time of the main threads alone: what the service itself computes. */
const cpuMainThread: Metric = {
  id: 'cpu.mainThread',
  title: 'CPU, main thread',
  unit: 'µs',
  better: 'lower',
  order: 11,
  secondary: true,
  measure: launch => perRequest(launch, 'mainCpu', 1e-3),
}

export default cpuMainThread
