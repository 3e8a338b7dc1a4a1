/** Closed loop by k6: its virtual users send what the gate tells them. */
import { join } from 'node:path'
import type { Loader } from '../model/capabilities.ts'
import { openSession, programOf } from './gate/engine.ts'
import { LACKS } from './gate/lacks.ts'

const CLIENT = join(import.meta.dirname, 'gate/k6.js')

const k6: Loader = {
  name: 'k6',
  inTurn: true,
  warmer: 'closed',
  lacks: LACKS,
  open: options =>
    openSession(options, {
      command: (gate, workers) => [
        programOf('k6', 'Install it as grafana.com/docs/k6 says, so that `k6 version` works.'),
        ...['run', '--quiet', '--no-usage-report', '-e', `FLAMEGATE_GATE=${gate}`],
        ...['-e', `FLAMEGATE_WORKERS=${workers}`, CLIENT],
      ],
    }),
}

export default k6
