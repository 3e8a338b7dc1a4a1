/** What the load generator counted. */
import type { Metric } from '../model/metric.ts'
import { overall, total } from '../stats/columns.ts'

const metrics: Metric[] = [
  {
    id: 'capacity',
    title: 'Capacity',
    unit: '1/s',
    family: 'waiting',
    better: 'higher',
    order: 5,
    needs: ['loader'],
    // The highest rate at which the latency stays under the limit; only the command `capacity` looks for it.
    measure: ({ capacity }) => capacity?.rate ?? null,
  },
  {
    id: 'throughput',
    title: 'Throughput',
    unit: '1/s',
    family: 'waiting',
    better: 'higher',
    order: 20,
    needs: ['loader'],
    measure: ({ columns: { wall = [], requests = [] } }) =>
      wall.map((time, row) => (time ? ((requests[row] ?? 0) * 1e9) / time : null)),
  },
  {
    id: 'errors',
    title: 'Errors',
    unit: 'count',
    family: 'exact',
    better: 'lower',
    order: 60,
    countsErrors: true,
    measure(sample) {
      const [errors, unexpected] = [total(sample, 'errors'), total(sample, 'unexpected')]
      return errors === null || unexpected === null ? null : errors + unexpected
    },
  },
  {
    id: 'response.bytes',
    title: 'Response bytes per request',
    unit: 'bytes',
    family: 'exact',
    better: 'lower',
    order: 61,
    // What came over the wire, headers included.
    measure: sample => overall(sample, 'bytes'),
  },
]

export default metrics
