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
    boot: 6_000,
    readiness: 3_000,
    warmup: 500,
    slice: 3_000,
    profilerStop: 5_000,
    shutdown: 500,
  },
})
