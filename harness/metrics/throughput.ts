import type { Metric } from '../model/capabilities.ts'

/** Requests per second of a slice, at saturation in a closed loop. */
const throughput: Metric = {
  id: 'throughput',
  title: 'Throughput',
  unit: '1/s',
  better: 'higher',
  order: 20,
  seenByLoader: true,
  measure: ({ timed }) =>
    timed.wall.map((wall, i) =>
      wall === null || wall === 0 ? null : ((timed.requests[i] ?? 0) * 1e9) / wall,
    ),
}

export default throughput
