/** On-CPU time of the process tree. */
import type { Metric } from '../model/metric.ts'
import { overall, perRequest } from '../stats/columns.ts'

const cpu = { unit: 'µs', family: 'processor', better: 'lower' } as const

const metrics: Metric[] = [
  {
    ...cpu,
    id: 'cpu.perRequest',
    title: 'CPU per request',
    order: 10,
    measure: sample => perRequest(sample, 'cpu', 1e-3),
    whole: sample => overall(sample, 'cpu', 1e-3),
  },
  {
    ...cpu,
    id: 'cpu.mainThread',
    title: 'CPU, main thread',
    order: 11,
    secondary: true,
    measure: sample => perRequest(sample, 'mainCpu', 1e-3),
    whole: sample => overall(sample, 'mainCpu', 1e-3),
  },
  {
    ...cpu,
    id: 'cpu.allSlices',
    title: 'CPU, all slices',
    order: 12,
    secondary: true,
    // Noisier than paired slices, but a pause in one slice of ten counts in full. The middle half of the pairs ignores it.
    measure: sample => overall(sample, 'cpu', 1e-3),
  },
]

export default metrics
