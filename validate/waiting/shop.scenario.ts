/** The shop with a known change, which the environment chooses. */
import { join } from 'node:path'
import { defineScenario, get, postgres, redis } from 'flamegate'

const {
  SHOP_BEFORE = '{}',
  SHOP_AFTER = '{}',
  SHOP_RATE = '200',
  SHOP_GATE = 'latency.p50',
  SHOP_MARGIN = '+2.5%',
} = process.env

export default defineScenario({
  description: 'A small shop that waits for PostgreSQL, Redis and another service.',
  target: {
    name: 'shop',
    command: ['node', 'server.js'],
    directory: join(import.meta.dirname, '../../targets/shop'),
    needs: {
      cache: redis(),
      database: postgres({ seed: ['node', 'seed.js'] }),
      upstream: { command: ['node', 'upstream.js'], ready: '/' },
    },
  },
  variants: {
    before: { environment: JSON.parse(SHOP_BEFORE) },
    after: { environment: JSON.parse(SHOP_AFTER) },
  },
  baseline: 'before',
  load: { steps: [get('/')], rate: Number(SHOP_RATE) },
  gates: { [SHOP_GATE]: SHOP_MARGIN },
})
