/**
 * Whether profiles say where a change is: known changes, repeated; sources that were moved; the cost of each collector; the
 * speed of reading files; and whether Go's tool reads the same.
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

/** Cheap ones first, so that their errors show before an hour has passed. */
const parts = { speed, alignment, go, changes, injected }

const profiles: Experiment = {
  shows: 'Whether profiles say where a change is: an hour (quick: one run of each change, in three minutes).',
  flags: {
    ...only(parts),
    live: { value: 'FOLDER', help: 'uses the runs of a `validate:live` instead of its own' },
    runs: { value: 'N', help: 'of `injected` at +5 % and at 0 % (20)' },
    output: { value: 'FOLDER', help: 'for records and profiles (.bench/validate-profiles/<time>)' },
  },
  run: context => inParts(parts, context),
}

export default profiles

async function injected({ flags, folder, quick, signal }: Context): Promise<Target[]> {
  const live = flags.text('live')
  if (live !== undefined) return injectedTargets(recordsOf(live))
  const runs = quick ? 1 : flags.whole('runs', 20)
  return injectedTargets(await repeatInjected(join(folder, 'injected'), { runs, quick }, signal))
}

function recordsOf(live: string): Records {
  const { lines } = resumeResults<object, Measurement>(live)
  const at = (level: number) =>
    lines.flatMap(line =>
      line.method === 'slices' && line.level === level && line.record ? [movedTo(live, line.record)] : [],
    )
  return { changed: at(0.05), same: at(0) }
}
