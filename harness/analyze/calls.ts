/** Captures of a record → one call tree over both sides, with a column per launch in cost per request. */
import type { Profile } from '../model/profile.ts'
import type { Capture, LaunchRecord, RunRecord, SliceField, Slices } from '../model/record.ts'
import { buildCallTree, decodePprof, type Frame, type UnionTree, uniteTrees } from '../pprof/index.ts'
import { measured } from '../stats/describe.ts'

/** The profiles of a variant beside those of the baseline. Columns are per request, in `unit`. */
export interface Calls {
  variant: string
  baseline: string
  collector: string
  unit: string
  tree: Pick<UnionTree, 'frames' | 'parent' | 'frame' | 'match'>
  /** One column per round that has both, over the tree's nodes. */
  before: Float64Array[]
  after: Float64Array[]
  /** The launches behind each pair of columns. */
  launches: { before: LaunchRecord; after: LaunchRecord }[]
}

/**
 * Time in which nothing ran, and the profiler's own start and stop, which Node runs in the target's main thread:
 * both lie outside of the slices.
 */
const outside = ({ name, file }: Frame): boolean =>
  (name === '(idle)' && file === '') || file === 'node:inspector'

/**
 * What a collector's values mean: how they become the unit that is shown, and the counter that says what the
 * launch really spent. A profile's samples are shares; the counter makes them add up to the whole cost.
 */
const KINDS: Record<string, { unit: string; scale: number; counter: SliceField }> = {
  nanoseconds: { unit: 'µs', scale: 1e-3, counter: 'mainCpu' },
  bytes: { unit: 'bytes', scale: 1, counter: 'allocated' },
}

/** Every variant against the baseline, for every collector that brought profiles back from both. */
export function callsOf(run: RunRecord, excluded: ReadonlySet<number>): Calls[] {
  const { plan } = run
  const decode = decodedOnce()
  return plan.variants
    .filter(({ id }) => id !== plan.baseline)
    .flatMap(({ id }) => plan.collectors.map(collector => callsOfPair(run, excluded, id, collector, decode)))
    .filter(calls => calls !== null)
}

type Decode = (capture: Capture | undefined) => Profile | null

/** A baseline's profiles are needed for every variant. */
function decodedOnce(): Decode {
  const known = new Map<Capture, Profile>()
  return capture => {
    if (!capture?.profile) return null
    const profile = known.get(capture) ?? decodePprof(Buffer.from(capture.profile, 'base64'))
    known.set(capture, profile)
    return profile
  }
}

function callsOfPair(
  { plan, rounds }: RunRecord,
  excluded: ReadonlySet<number>,
  variant: string,
  collector: string,
  decode: Decode,
): Calls | null {
  const sides = rounds
    .filter(({ index }) => !excluded.has(index))
    .flatMap(({ launches }) => {
      const [before, after] = [plan.baseline, variant].map(id => sideOf(launches, id, collector, decode))
      return before && after ? [{ before, after }] : []
    })
  const [first] = sides
  if (!first) return null
  const kind = KINDS[first.before.profile.valueTypes.at(-1)!.unit]
  if (!kind) return null
  const tree = uniteTrees(
    buildCallTree(
      sides.map(({ before }) => before.profile),
      { without: outside },
    ),
    buildCallTree(
      sides.map(({ after }) => after.profile),
      { without: outside },
    ),
  )
  const columns = tree.self.map((self, column) => {
    const { slices } = (column < sides.length ? sides[column]!.before : sides[column - sides.length]!.after)
      .capture
    return perRequest(self, slices, kind)
  })
  return {
    variant,
    baseline: plan.baseline,
    collector,
    unit: kind.unit,
    tree,
    before: columns.slice(0, sides.length),
    after: columns.slice(sides.length),
    launches: sides.map(({ before, after }) => ({ before: before.launch, after: after.launch })),
  }
}

function sideOf(launches: LaunchRecord[], variant: string, collector: string, decode: Decode) {
  const launch = launches.find(each => each.variant === variant)
  const capture = launch?.captures[collector]
  const profile = decode(capture)
  if (!launch || !capture || !profile || profile.samples.stack.length === 0) return null
  return total(capture.slices.requests) > 0 ? { launch, capture, profile } : null
}

/** Where the counter is missing, what was sampled counts as it is. */
function perRequest(self: Float64Array, slices: Slices, kind: (typeof KINDS)[string]): Float64Array {
  const sampled = self.reduce((sum, value) => sum + value, 0)
  const counted = slices[kind.counter].includes(null) ? 0 : total(slices[kind.counter])
  const spent = counted > 0 ? counted : sampled
  const factor = sampled > 0 ? ((spent / sampled) * kind.scale) / total(slices.requests) : 0
  return self.map(value => value * factor)
}

const total = (values: (number | null)[]): number => measured(values).reduce((sum, value) => sum + value, 0)
