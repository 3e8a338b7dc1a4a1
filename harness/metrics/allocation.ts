import type { Metric } from '../model/capabilities.ts'
import { overall } from './per-request.ts'

/** Bytes allocated on the JS heap, whether or not they live on. */
const allocation: Metric = {
  id: 'memory.allocated',
  title: 'Allocated per request',
  unit: 'bytes',
  better: 'lower',
  order: 40,
  measure: launch => overall(launch, 'allocated'),
}

export default allocation
