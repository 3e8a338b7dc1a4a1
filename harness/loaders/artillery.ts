/** Closed loop by Artillery: its virtual users send what the gate tells them. */
import { join } from 'node:path'
import type { Loader } from '../model/capabilities.ts'
import { openSession, programOf } from './gate/engine.ts'
import { LACKS } from './gate/lacks.ts'

const FOLDER = join(import.meta.dirname, 'gate')

/** Seconds: longer than any round. */
const DAY = 86_400

const artillery: Loader = {
  name: 'artillery',
  inTurn: true,
  warmer: 'closed',
  lacks: LACKS,
  open: options =>
    openSession(options, {
      command: (gate, workers) => {
        const config = {
          // A user whose request was lost ends, and another one comes in its place.
          phases: [{ duration: DAY, arrivalRate: workers, maxVusers: workers }],
          variables: { gate },
        }
        return [
          programOf('artillery', 'Install it: npm install --save-dev artillery.'),
          ...['run', '--quiet', '--overrides', JSON.stringify({ config }), join(FOLDER, 'artillery.yml')],
        ]
      },
    }),
}

export default artillery
