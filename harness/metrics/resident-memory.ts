import type { Metric } from '../model/capabilities.ts'

/** Memory that the process tree holds after the timed slices. */
const residentMemory: Metric = {
  id: 'memory.resident',
  title: 'Resident memory',
  unit: 'bytes',
  better: 'lower',
  order: 43,
  measure: ({ memory }) => memory.resident,
}

export default residentMemory
