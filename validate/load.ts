/** Whether the load generator does what it says: its speed, accuracy and pacing, and its honesty about its own limits. */
import { type Experiment, inParts, only } from './experiment.ts'
import { accuracy } from './load/accuracy.ts'
import { pacing } from './load/pacing.ts'
import { moveAside } from './load/service.ts'
import { speed } from './load/speed.ts'
import { trap } from './load/trap.ts'

const parts = { speed, accuracy, pacing, trap }

const load: Experiment = {
  shows:
    'The speed, accuracy and pacing of the load generator, and that it admits its limits: seven minutes (quick: three).',
  flags: only(parts),
  async *run(context) {
    moveAside()
    yield* inParts(parts, context)
  },
}

export default load
