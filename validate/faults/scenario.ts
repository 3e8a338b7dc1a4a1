/** The shortest run that has every phase, with the service of this folder; limits are short too, so that faults show soon. */
import { defineScenario } from '../../harness/index.ts'

export default defineScenario({
  name: 'faults',
  target: {
    name: 'faulty',
    command: ['node', '--max-old-space-size=64', 'service.js'],
    directory: import.meta.dirname,
    ready: '/ready',
  },
  variants: { one: {}, other: {} },
  baseline: 'one',
  load: { steps: [{ name: 'GET /', method: 'GET', path: '/' }], connections: 4 },
  warmup: { requests: 100 },
  collectors: ['cpu'],
  limits: {
    // The service of a soak may hold back its start, for as long as others need the machine.
    boot: process.env.PAUSE ? 3_600_000 : 6_000,
    readiness: 3_000,
    warmup: 200,
    slice: 3_000,
    profilerStop: 5_000,
    shutdown: 500,
  },
})
