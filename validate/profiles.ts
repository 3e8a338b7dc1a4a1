/**
 * Whether profiles say where a change is: known changes again and again, sources that were moved, what each collector
 * costs, how fast files are read, and whether Go's tool reads the same.
 *
 *   npm run validate:profiles                     20 runs at +5 % and at 0 %, as long as runs usually are, and all else: about an hour
 *   npm run validate:profiles -- --quick          one run of each, in about three minutes
 *   npm run validate:profiles -- --live FOLDER    the runs of a `validate:live` instead of own ones
 *   npm run validate:profiles -- --only speed     speed, alignment, go, changes or injected alone
 *
 * Exits with 1 when a target is missed.
 */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Measurement } from './live/measurement.ts'
import { alignmentTarget } from './profiles/alignment.ts'
import { measureChanges } from './profiles/changes.ts'
import { goTargets, hasGo } from './profiles/go.ts'
import { injectedTargets, movedTo, repeatInjected } from './profiles/injected.ts'
import { service, speedTargets } from './profiles/speed.ts'
import { type Target, tell } from './profiles/target.ts'
import { resumeResults } from './results.ts'

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    live: { type: 'string' },
    only: { type: 'string' },
    runs: { type: 'string' },
    output: { type: 'string' },
  },
})
const stamp = new Date().toISOString().slice(0, 19).replaceAll(':', '-')
const folder = values.output ?? join(import.meta.dirname, '..', '.bench', 'validate-profiles', stamp)
const controller = new AbortController()
for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => controller.abort())
const { signal } = controller

/** Cheap ones first: what is wrong there is not worth an hour. */
const PARTS: Record<string, () => Promise<Target[]>> = {
  speed: async () => speedTargets(),
  alignment: async () => [await alignmentTarget(join(folder, 'alignment'))],
  go: async () => {
    if (hasGo()) return goTargets(join(folder, 'go'), ...twoServices())
    console.log('skipped  go tool pprof: there is no Go here (Debian: golang-go)')
    return []
  },
  changes: () => measureChanges(join(folder, 'changes'), values.quick, signal),
  injected: async () => injectedTargets(await injectedRecords()),
}

if (values.only !== undefined && !(values.only in PARTS)) {
  console.error(`✖ --only ${values.only}: there is ${Object.keys(PARTS).join(', ')}.`)
  process.exit(2)
}

const targets: Target[] = []
for (const [name, part] of Object.entries(PARTS)) {
  if (signal.aborted || (values.only ?? name) !== name) continue
  for (const target of await part()) {
    tell(target)
    targets.push(target)
  }
}
process.exitCode = signal.aborted ? 130 : targets.every(({ met }) => met) ? 0 : 1

async function injectedRecords(): Promise<Record<'changed' | 'same', string[]>> {
  const { live } = values
  if (live === undefined)
    return repeatInjected(
      join(folder, 'injected'),
      values.quick ? 1 : Number(values.runs ?? 20),
      values.quick ? 35_000 : 80_000,
      signal,
    )
  const records = (level: number) =>
    resumeResults<object, Measurement>(live)
      .lines.filter(it => it.method === 'slices' && it.level === level && it.record !== undefined)
      .map(it => movedTo(live, it.record!))
  return { changed: records(0.05), same: records(0) }
}

/** Of one kind, but not of one size. */
function twoServices() {
  const size = { nodes: 4_000, samples: 20_000 }
  return [service(2, size), service(2, { ...size, samples: 24_000 })] as const
}
