/** What is allocated, what stays, and what it costs to collect the rest. */
import type { Metric } from '../model/metric.ts'
import { overall } from '../stats/columns.ts'

const bytes = { unit: 'bytes', family: 'memory', better: 'lower' } as const

const metrics: Metric[] = [
  {
    ...bytes,
    id: 'memory.allocated',
    title: 'Allocated per request',
    order: 40,
    measure: sample => overall(sample, 'allocated'),
  },
  {
    id: 'gc.pauses',
    title: 'GC pauses per 1,000 requests',
    unit: 'count',
    family: 'runtime',
    better: 'lower',
    order: 41,
    measure: sample => overall(sample, 'gcCount', 1000),
  },
  {
    id: 'gc.pauseTime',
    title: 'GC pause per request',
    unit: 'µs',
    family: 'waiting',
    better: 'lower',
    order: 42,
    secondary: true,
    measure: sample => overall(sample, 'gcPause', 1e-3),
  },
  {
    ...bytes,
    id: 'memory.resident',
    title: 'Resident memory',
    order: 43,
    // What the process tree holds after the timed slices.
    measure: ({ memory }) => memory?.resident ?? null,
  },
  {
    ...bytes,
    id: 'memory.live',
    title: 'Live heap',
    order: 44,
    // After a forced collection, from the slices of the heap collector.
    measure: ({ collected }) => collected.heap?.figures.live ?? null,
  },
]

export default metrics
