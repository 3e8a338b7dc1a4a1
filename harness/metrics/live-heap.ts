import type { Metric } from '../model/capabilities.ts'

/** Bytes in use on the JS heap after a forced collection, from the slices of the heap collector. */
const liveHeap: Metric = {
  id: 'memory.live',
  title: 'Live heap',
  unit: 'bytes',
  better: 'lower',
  order: 44,
  measure: ({ captures }) => captures.heap?.figures.live ?? null,
}

export default liveHeap
