import type { Metric } from '../model/capabilities.ts'
import { overall } from './per-request.ts'

/**
 * Everything that a launch used over everything that it answered. Noisier than the paired slices, but a pause that falls
 * into one slice of ten is in it with its full weight, where the middle half of the pairs leaves it out.
 */
const cpuAllSlices: Metric = {
  id: 'cpu.allSlices',
  title: 'CPU, all slices',
  unit: 'µs',
  better: 'lower',
  order: 12,
  secondary: true,
  measure: launch => overall(launch, 'cpu', 1e-3),
}

export default cpuAllSlices
