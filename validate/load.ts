/** Whether the load generator keeps its promises: speed, accuracy, pacing, and honesty about its limits. */
import { type Experiment, inParts, only } from './experiment.ts'
import { accuracy } from './load/accuracy.ts'
import { lateness } from './load/lateness.ts'
import { pacing } from './load/pacing.ts'
import { moveAside } from './load/service.ts'
import { speed } from './load/speed.ts'
import { trap } from './load/trap.ts'

const parts = { speed, accuracy, pacing, lateness, trap }

const load: Experiment = {
  shows:
    'The speed, accuracy and pacing of the load generator, and whether it reports its limits: seven minutes (quick: three).',
  flags: only(parts),
  async *run(context) {
    moveAside()
    yield* inParts(parts, context)
  },
}

export default load
