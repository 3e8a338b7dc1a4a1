/**
 * Whether profiles say where a change is: known changes again and again, sources that were moved, the cost of each collector,
 * the speed of reading files, and whether Go's tool reads the same.
 */
import { join } from 'node:path'
import { type Context, type Experiment, inParts, only, type Target } from './experiment.ts'
import type { Measurement } from './live/measurement.ts'
import { alignment } from './profiles/alignment.ts'
import { changes } from './profiles/changes.ts'
import { go } from './profiles/go.ts'
import { injectedTargets, movedTo, type Records, repeatInjected } from './profiles/injected.ts'
import { speed } from './profiles/speed.ts'
import { resumeResults } from './results.ts'

/** Cheap ones first: an error there is not worth an hour. */
const parts = { speed, alignment, go, changes, injected }

const profiles: Experiment = {
  shows: 'Whether profiles say where a change is: an hour (quick: one run of each change, in three minutes).',
  flags: {
    ...only(parts),
    live: { value: 'FOLDER', help: 'takes the runs of a `validate:live` instead of its own' },
    runs: { value: 'N', help: 'of `injected` at +5 % and at 0 % (20)' },
    output: { value: 'FOLDER', help: 'for records and profiles (.bench/validate-profiles/<time>)' },
  },
  run: context => inParts(parts, context),
}

export default profiles

async function injected(context: Context): Promise<Target[]> {
  const live = context.flags.text('live')
  return injectedTargets(live === undefined ? await measured(context) : recordsOf(live))
}

function measured({ flags, folder, quick, signal }: Context): Promise<Records> {
  const runs = quick ? 1 : flags.whole('runs', 20)
  const maxTime = quick ? 35_000 : 80_000
  return repeatInjected(join(folder, 'injected'), { runs, maxTime }, signal)
}

function recordsOf(live: string): Records {
  const { lines } = resumeResults<object, Measurement>(live)
  const at = (level: number) =>
    lines.flatMap(line =>
      line.method === 'slices' && line.level === level && line.record ? [movedTo(live, line.record)] : [],
    )
  return { changed: at(0.05), same: at(0) }
}
