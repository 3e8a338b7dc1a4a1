import { join } from 'node:path'
import { defineScenario, get } from 'flamegate'

const change = (name: string) => ({ environment: { CHANGE: name } })

export default defineScenario({
  description:
    'Known changes of one service, each in another resource: time, bytes, what stays, the event loop.',
  target: {
    name: 'changes',
    command: ['node', 'server.js'],
    directory: join(import.meta.dirname, '../targets/changes'),
  },
  variants: {
    plain: {},
    computes: change('computes'),
    allocates: change('allocates'),
    leaks: change('leaks'),
    stalls: change('stalls'),
  },
  baseline: 'plain',
  load: { steps: [get('/')] },
  collectors: ['cpu', 'stalls', 'allocation', 'event-loop', 'gc', 'heap'],
})
