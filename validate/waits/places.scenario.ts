/** A service that waits for one other, in the framework, with the client and on the Node version that the environment chooses. */
import { join } from 'node:path'
import { defineScenario, get, postgres, redis } from 'flamegate'

const { PLACE_NODE, PLACE_FILE = 'server.js', PLACE = '{}' } = process.env
const environment: Record<string, string> = JSON.parse(PLACE)
const { CLIENT } = environment

export default defineScenario({
  description: 'A service that waits for one other.',
  target: {
    name: 'place',
    command: ['node', PLACE_FILE],
    directory: join(import.meta.dirname, 'places'),
    environment,
    needs: {
      ...(CLIENT === 'pg' && { database: postgres() }),
      ...(CLIENT === 'ioredis' && { cache: redis() }),
      ...(CLIENT === 'mysql2' && { store: { command: ['node', 'mariadb.js'] } }),
      upstream: { command: ['node', '../../../targets/shop/upstream.js'], ready: '/' },
    },
  },
  variants: { place: PLACE_NODE ? { node: PLACE_NODE } : {} },
  baseline: 'place',
  load: { steps: [get('/')], rate: 50 },
  collectors: ['waits'],
})
