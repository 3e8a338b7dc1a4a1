/** The shortest run that has every moment. Limits are short, so that faults show soon. */
import { defineScenario } from '../../harness/index.ts'

export default defineScenario({
  name: 'faults',
  target: {
    name: 'faulty',
    command: ['node', '--max-old-space-size=64', 'service.js'],
    directory: import.meta.dirname,
    ready: '/ready',
    needs: { upstream: { command: ['node', 'need.js'] } },
  },
  variants: { one: {}, other: {} },
  baseline: 'one',
  load: { steps: [{ name: 'GET /', method: 'GET', path: '/' }], connections: 4 },
  warmup: { requests: 100 },
  collectors: ['cpu'],
  limits: {
    // The service of a soak delays its start for as long as `--pause` says.
    boot: process.env.PAUSE ? 3_600_000 : 6_000,
    readiness: 3_000,
    warmup: 200,
    slice: 3_000,
    profilerStop: 5_000,
    shutdown: 500,
  },
})
