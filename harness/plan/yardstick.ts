/** How the yardstick is started and loaded: always in the same way, whatever the scenario. */
import { fileURLToPath } from 'node:url'
import type { PlannedYardstick } from '../model/plan.ts'
import type { World } from '../model/world.ts'

/** Runs are comparable only when both have measured the same version. */
const VERSION = 1

const DIRECTORY = fileURLToPath(new URL('../yardstick', import.meta.url))

export function planYardstick({ platform: { execPath } }: World): PlannedYardstick {
  return {
    version: VERSION,
    variant: {
      id: 'yardstick',
      label: 'yardstick',
      command: [execPath, 'service.js'],
      directory: DIRECTORY,
      environment: {},
      node: execPath,
    },
    load: {
      engine: 'closed',
      steps: [{ name: 'GET /', method: 'GET', path: '/' }],
      connections: 10,
      pipelining: 1,
    },
  }
}
