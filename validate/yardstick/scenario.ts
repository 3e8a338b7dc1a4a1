import { defineScenario, get } from '../../harness/index.ts'

/** A small service without collectors, because only CPU time, latency and throughput are compared. */
export default defineScenario({
  name: 'yardstick-sessions',
  target: {
    name: 'shop',
    command: ['node', 'shop.js'],
    directory: import.meta.dirname,
    ready: '/ready',
  },
  variants: { plain: {} },
  load: { steps: [get('/orders')] },
  warmup: { requests: 6_000, timeout: 3_000 },
  collectors: [],
})
