import type { Metric } from '../model/capabilities.ts'
import { total } from './per-request.ts'

/** Requests without an answer or with another one than 2xx, in the timed slices. */
const errors: Metric = {
  id: 'errors',
  title: 'Errors',
  unit: 'count',
  better: 'lower',
  order: 60,
  exact: true,
  countsErrors: true,
  measure(launch) {
    const errors = total(launch, 'errors')
    const unexpected = total(launch, 'unexpected')
    return errors === null || unexpected === null ? null : errors + unexpected
  },
}

export default errors
