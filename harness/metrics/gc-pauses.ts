import type { Metric } from '../model/capabilities.ts'
import { overall } from './per-request.ts'

/** How often the collector stopped the program. */
const gcPauses: Metric = {
  id: 'gc.pauses',
  title: 'GC pauses per 1,000 requests',
  unit: 'count',
  better: 'lower',
  order: 41,
  measure: launch => overall(launch, 'gcCount', 1000),
}

export default gcPauses
