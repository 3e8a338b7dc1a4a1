/** What is wrong with each variant of the shop in `targets/causes/`, and what should be said of it. */
import type { Cause } from '../../harness/model/diagnosis.ts'

export interface Known {
  /** `CAUSE` of the shop. */
  name: string
  expected: Cause[]
  /** What the message must name. */
  words?: RegExp
  /** Requests per second. */
  rate: number
}

export const CAUSES: Known[] = [
  { name: 'healthy', expected: ['nothing'], rate: 40 },
  { name: 'computation', expected: ['own work'], rate: 40 },
  { name: 'long turn', expected: ['long turns'], rate: 40 },
  { name: 'churn', expected: ['garbage'], rate: 20 },
  { name: 'query', expected: ['wait'], words: /PostgreSQL/, rate: 40 },
  { name: 'pool', expected: ['pool'], rate: 100 },
  { name: 'upstream', expected: ['wait'], words: /HTTP/, rate: 40 },
  { name: 'crypto', expected: ['thread pool'], rate: 15 },
  { name: 'lookup', expected: ['thread pool'], rate: 15 },
  { name: 'fsync', expected: ['storage'], rate: 20 },
  { name: 'lock', expected: ['lock'], rate: 40 },
  { name: 'neighbour', expected: ['processor'], rate: 40 },
  { name: 'storm', expected: ['switches'], rate: 20 },
  { name: 'console', expected: ['slow reader'], rate: 5 },
]
