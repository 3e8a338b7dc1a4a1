/** What the probe costs a service, what it catches, and whether its windows tell two versions apart. */
import { type Experiment, inParts, only } from './experiment.ts'
import { caught } from './probe/caught.ts'
import { cost } from './probe/cost.ts'
import { flood } from './probe/flood.ts'
import { kills } from './probe/kills.ts'
import { soak } from './probe/soak.ts'
import { windows } from './probe/windows.ts'

/** Short ones first. */
const parts = { kills, flood, caught, cost, windows, soak }

const probe: Experiment = {
  shows:
    'The probe: what it costs, what it catches, and windows compared (four hours; quick: the first three in three minutes).',
  flags: {
    ...only(parts),
    runs: { value: 'N', help: 'of each comparison of windows (20)' },
    minutes: { value: 'N', help: 'of the load without an end (60)' },
    output: { value: 'FOLDER', help: 'for records and windows (.bench/validate-probe/<time>)' },
  },
  run: context => {
    const { kills, flood, caught } = parts
    const isPlain = context.quick && context.flags.text('only') === undefined
    return isPlain ? inParts({ kills, flood, caught }, context) : inParts(parts, context)
  },
}

export default probe
