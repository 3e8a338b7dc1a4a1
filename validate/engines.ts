/** Load from other engines: whether a known change is found, how large it is reported to be, and how much the gate can carry. */
import { coordinator } from './engines/coordinator.ts'
import { ENGINES, injected } from './engines/injected.ts'
import { machines } from './engines/machines.ts'
import { precision } from './engines/precision.ts'
import { saturated } from './engines/saturated.ts'
import { tools } from './engines/tools.ts'
import { type Experiment, inParts, only, type Part } from './experiment.ts'

const PARTS: Record<string, Part> = { precision, coordinator, machines, saturated, tools, injected }

const engines: Experiment = {
  shows:
    'The gate with 1, 100 and 1,000 workers, workers on machines of their own (network namespaces, as root), and `injected` by k6 and Artillery, in two hours (quick: k6 once, in three minutes).',
  flags: {
    ...only(PARTS),
    runs: { value: 'N', help: 'of each engine and change (10)' },
    engines: { value: 'NAMES', help: `of the part injected: some of ${ENGINES.join(',')}` },
  },
  async *run(context) {
    yield* inParts(PARTS, context)
  },
}

export default engines
