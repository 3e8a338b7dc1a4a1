import type { Metric } from '../model/capabilities.ts'
import { total } from './per-request.ts'

/** Share of the time in slices that the loop was busy. */
const eventLoopUtilization: Metric = {
  id: 'eventLoop.utilization',
  title: 'Event-loop utilisation',
  unit: 'ratio',
  better: 'lower',
  order: 50,
  measure(launch) {
    const active = total(launch, 'loopActive')
    const idle = total(launch, 'loopIdle')
    return active === null || idle === null || active + idle === 0 ? null : active / (active + idle)
  },
}

export default eventLoopUtilization
