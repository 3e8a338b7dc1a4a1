/** What requests wait for: whether Flamegate names it, says what limits a service, and tells a known change of it. */
import type { Experiment, Target } from './experiment.ts'
import { type Context, inParts, only, type Part } from './experiment.ts'
import { openResults, RESUMABLE } from './results.ts'
import { causes } from './waits/causes.ts'
import { changes } from './waits/changes.ts'
import { costs } from './waits/costs.ts'
import { CAUSES } from './waits/known-causes.ts'
import { places } from './waits/places.ts'
import type { Line, Settings, WaitsResults } from './waits/results.ts'

const PARTS: Record<string, (context: Context, results: WaitsResults) => AsyncIterable<Target>> = {
  causes,
  changes,
  costs,
  places,
}

const waits: Experiment = {
  shows:
    'where the time of requests goes: known causes, known changes, costs, frameworks; in three hours (quick: three minutes).',
  flags: {
    ...only(PARTS),
    runs: { value: 'N', help: 'of every cause (5) and of every change (20)' },
    names: { value: 'NAMES', help: `of causes: ${CAUSES.map(({ name }) => name).join(',')}` },
    ...RESUMABLE,
  },
  async *run(context) {
    const { flags, quick } = context
    const runs = flags.whole('runs', quick ? 1 : 5)
    const results = openResults<Settings, Line>(context, { runs })
    const parts = Object.entries(PARTS).map(([name, part]): [string, Part] => [
      name,
      own => part({ ...own, folder: results.folder, signal: context.signal }, results),
    ])
    yield* inParts(Object.fromEntries(parts), context)
  },
}

export default waits
