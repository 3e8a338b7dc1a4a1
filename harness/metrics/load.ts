/** What the load generator counted. */
import type { Metric } from '../model/metric.ts'
import { overall, total } from '../stats/columns.ts'

const rate: Pick<Metric, 'unit' | 'family' | 'better' | 'needs'> = {
  unit: '1/s',
  family: 'waiting',
  better: 'higher',
  needs: ['loader'],
}

const metrics: Metric[] = [
  {
    ...rate,
    id: 'capacity',
    title: 'Capacity',
    order: 5,
    // The highest rate at which the latency stays under the limit; only the command `capacity` looks for it.
    measure: ({ capacity }) => capacity?.rate ?? null,
  },
  {
    ...rate,
    id: 'throughput',
    title: 'Throughput',
    order: 20,
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
