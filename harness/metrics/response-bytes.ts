import type { Metric } from '../model/capabilities.ts'
import { overall } from './per-request.ts'

/** What came over the wire, headers included. */
const responseBytes: Metric = {
  id: 'response.bytes',
  title: 'Response bytes per request',
  unit: 'bytes',
  better: 'lower',
  order: 61,
  exact: true,
  measure: launch => overall(launch, 'bytes'),
}

export default responseBytes
