/** The shop with one thing wrong, which the environment chooses; or two of them against each other. */
import { join } from 'node:path'
import { defineScenario, get, postgres, redis } from 'flamegate'

const { CAUSE = 'healthy', CAUSES_RATE = '40' } = process.env

const command = ['node', 'server.js']

export default defineScenario({
  description: 'A small shop with one cause of slowness.',
  target: {
    name: 'shop',
    command: CAUSE === 'console' ? ['sh', '-c', `${command.join(' ')} | node slow-reader.js`] : command,
    directory: join(import.meta.dirname, '../../targets/causes'),
    environment: { CAUSE },
    needs: {
      cache: redis(),
      database: postgres(),
      upstream: { command: ['node', '../shop/upstream.js'], ready: '/' },
    },
  },
  variants: { shop: {} },
  baseline: 'shop',
  load: { steps: [get('/')], rate: Number(CAUSES_RATE) },
  collectors: ['cpu', 'stalls', 'event-loop', 'allocation', 'waits', 'states'],
})
