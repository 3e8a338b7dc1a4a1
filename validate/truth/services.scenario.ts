/** One scenario for every pair: `TRUTH_SERVICE` is the name of a file in `services/`. */
import { join } from 'node:path'
import { defineScenario, get } from 'flamegate'

const service = process.env.TRUTH_SERVICE ?? 'jsonwebtoken'

export default defineScenario({
  description: `A small service around a package: ${service}.`,
  target: {
    name: service,
    command: ['node', `${service}.js`],
    directory: join(import.meta.dirname, 'services'),
  },
  load: { steps: [get('/')] },
})
