/** Captures of a record → one call tree over both sides, with a column per launch in cost per request. */
import type { Profile } from '../model/profile.ts'
import type { Capture, LaunchRecord, RunRecord } from '../model/record.ts'
import { buildCallTree, decodePprof, type Frame, type UnionTree, uniteTrees } from '../pprof/index.ts'
import { measured } from '../stats/describe.ts'
import { KINDS, type Kind } from './kinds.ts'

/** The profiles of a variant beside those of the baseline, in `unit`. */
export interface Calls {
  variant: string
  baseline: string
  collector: string
  unit: string
  tree: Pick<UnionTree, 'frames' | 'parent' | 'frame' | 'match'>
  /** One column per round that has both, over the tree's nodes. */
  before: Float64Array[]
  after: Float64Array[]
}

/** Those of a run, which has counters beside its profiles. */
export interface CountedCalls extends Calls {
  per: Kind['per']
  /** What each pair of launches spent altogether, in `unit`; `null` where nothing says so. */
  whole: { before: number | null; after: number | null }[]
}

/**
 * Time in which nothing ran, and the profiler's own start and stop, which Node runs in the target's main thread:
 * both lie outside of the slices.
 */
export const outside = ({ name, file }: Frame): boolean =>
  (name === '(idle)' && file === '') || file === 'node:inspector'

/** Every variant against the baseline, for every collector that brought profiles back from both. */
export function callsOf(run: RunRecord, excluded: ReadonlySet<number>): CountedCalls[] {
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
): CountedCalls | null {
  const sides = rounds
    .filter(({ index }) => !excluded.has(index))
    .flatMap(({ launches }) => {
      const [before, after] = [plan.baseline, variant].map(id => sideOf(launches, id, collector, decode))
      return before && after ? [{ before, after }] : []
    })
  const [first] = sides
  if (!first) return null
  const kind = KINDS.get(first.before.profile.valueTypes.at(-1)!.type)
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
  const all = [...sides.map(({ before }) => before), ...sides.map(({ after }) => after)]
  const columns = tree.self.map((self, column) => inUnit(self, all[column]!, kind))
  return {
    variant,
    baseline: plan.baseline,
    collector,
    unit: kind.unit,
    tree,
    before: columns.slice(0, sides.length),
    after: columns.slice(sides.length),
    per: kind.per,
    whole: sides.map(({ before, after }) => ({
      before: kind.whole(before.launch, before.capture),
      after: kind.whole(after.launch, after.capture),
    })),
  }
}

interface Side {
  launch: LaunchRecord
  capture: Capture
  profile: Profile
}

function sideOf(launches: LaunchRecord[], variant: string, collector: string, decode: Decode): Side | null {
  const launch = launches.find(each => each.variant === variant)
  const capture = launch?.captures[collector]
  const profile = decode(capture)
  if (!launch || !capture || !profile || profile.samples.stack.length === 0) return null
  return total(capture.slices.requests) > 0 ? { launch, capture, profile } : null
}

/** Where no counter says what was spent, what was sampled counts as it is. */
function inUnit(self: Float64Array, { launch, capture }: Side, kind: Kind): Float64Array {
  const sampled = self.reduce((sum, value) => sum + value, 0)
  const divisor = kind.per === 'per request' ? total(capture.slices.requests) : 1
  const spent = kind.spent(launch, capture) ?? (sampled * kind.scale) / divisor
  const factor = sampled > 0 ? spent / sampled : 0
  return self.map(value => value * factor)
}

const total = (values: (number | null)[]): number => measured(values).reduce((sum, value) => sum + value, 0)
