import type { Metric } from '../model/capabilities.ts'

/** How late a timer was, from the slices of the event-loop collector. */
const eventLoopDelay: Metric = {
  id: 'eventLoop.delayP99',
  title: 'Event-loop delay p99',
  unit: 'ms',
  better: 'lower',
  order: 51,
  measure({ captures }) {
    const delay = captures['event-loop']?.figures.p99
    return delay === undefined ? null : delay / 1e6
  },
}

export default eventLoopDelay
