import type { Metric } from '../model/capabilities.ts'
import { overall } from './per-request.ts'

/** How long the collector stopped the program. */
const gcPauseTime: Metric = {
  id: 'gc.pauseTime',
  title: 'GC pause per request',
  unit: 'µs',
  better: 'lower',
  order: 42,
  secondary: true,
  measure: launch => overall(launch, 'gcPause', 1e-3),
}

export default gcPauseTime
