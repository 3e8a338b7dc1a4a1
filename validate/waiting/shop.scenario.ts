/** The shop with a known change, which the environment chooses. */
import { join } from 'node:path'
import { defineScenario, get, postgres, redis } from 'flamegate'

const {
  SHOP_BEFORE = '{}',
  SHOP_AFTER = '{}',
  SHOP_RATE,
  SHOP_GATE = 'latency.p50',
  SHOP_MARGIN = '+2.5%',
} = process.env

const before: Record<string, string> = JSON.parse(SHOP_BEFORE)
const after: Record<string, string> = JSON.parse(SHOP_AFTER)
const isFar = [before, after].some(({ SHOP_CACHE }) => SHOP_CACHE === 'far')
const pace = SHOP_RATE ? { rate: Number(SHOP_RATE) } : { engine: 'closed' as const, connections: 10 }

export default defineScenario({
  description: 'A small shop that waits for PostgreSQL, Redis and another service.',
  target: {
    name: 'shop',
    command: ['node', 'server.js'],
    directory: join(import.meta.dirname, '../../targets/shop'),
    needs: {
      cache: redis(),
      database: postgres({ seed: ['node', 'seed.js'] }),
      ...(isFar && { 'far-cache': { command: ['node', 'distance.js'] } }),
      upstream: { command: ['node', 'upstream.js'], ready: '/' },
    },
  },
  variants: {
    before: { environment: before },
    after: { environment: after },
  },
  baseline: 'before',
  load: { steps: [get('/')], ...pace },
  gates: { [SHOP_GATE]: SHOP_MARGIN },
})
