import { join } from 'node:path'
import { defineScenario, get } from 'flamegate'

/** `FLAMEGATE_INJECT=3%`; 0 % is the A/A test. */
const share = process.env.FLAMEGATE_INJECT ?? '5%'
if (!/^\d+(\.\d+)?%?$/.test(share))
  throw new Error(`FLAMEGATE_INJECT is a percentage such as 3%, not "${share}".`)

export default defineScenario({
  description: `One service against itself with ${share.replace('%', '')} % extra work in one function.`,
  target: {
    name: 'injected',
    command: ['node', 'server.js'],
    directory: join(import.meta.dirname, '../targets/injected'),
    ready: '/ready',
  },
  variants: {
    plain: { environment: { INJECT: '0' } },
    injected: { environment: { INJECT: share.replace('%', '') } },
  },
  baseline: 'plain',
  load: { steps: [get('/orders')] },
  // Its few functions are compiled soon, and its requests are long.
  warmup: { requests: 1_000 },
})
