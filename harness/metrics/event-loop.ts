/** How busy the event loop is, and how late it turns. */
import type { Metric } from '../model/metric.ts'
import { total } from '../stats/columns.ts'

const metrics: Metric[] = [
  {
    id: 'eventLoop.utilization',
    title: 'Event-loop utilisation',
    unit: 'ratio',
    family: 'runtime',
    better: 'lower',
    order: 50,
    measure(sample) {
      const [active, idle] = [total(sample, 'loopActive'), total(sample, 'loopIdle')]
      return active === null || idle === null || active + idle === 0 ? null : active / (active + idle)
    },
  },
  {
    id: 'eventLoop.delayP99',
    title: 'Event-loop delay p99',
    unit: 'ms',
    family: 'waiting',
    better: 'lower',
    order: 51,
    measure({ collected }) {
      const delay = collected['event-loop']?.figures.p99
      return delay === undefined ? null : delay / 1e6
    },
  },
]

export default metrics
