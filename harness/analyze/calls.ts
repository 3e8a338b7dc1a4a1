/** Profiles of evidence → one call tree over both sides, with a column per sample in comparable units. */
import { decodePprof } from '../formats/index.ts'
import { type UnionTree, uniteTrees } from '../match/index.ts'
import type { Collected, Evidence, Pairing, Sample } from '../model/evidence.ts'
import type { Profile } from '../model/profile.ts'
import type { Moments, Sides } from '../model/report.ts'
import { buildCallTree, type CallTree, type Frame } from '../profile/index.ts'
import { sumOfColumn } from '../stats/columns.ts'
import { sum } from '../stats/describe.ts'
import { meanOfParts, requestShares, type Steps, stepsOf, withParts } from './moments.ts'
import { othersOf, pairsOf } from './samples.ts'
import { type ValueType, valueTypeOf } from './value-types.ts'

/**
 * The profiles of a subject next to those of the baseline, in `unit`: one column per sample, over the tree's nodes. With
 * pairing by rounds both sides have the same rounds.
 */
export interface Calls extends Sides<Float64Array[]> {
  variant: string
  baseline: string
  collector: string
  unit: string
  /** What the values are per, as text. */
  per: string
  pairing: Pairing
  /** Whether functions can be blamed for a change. Not where a change of the machine can be the cause. */
  blames: boolean
  tree: Pick<UnionTree, 'frames' | 'parent' | 'frame' | 'match'>
  /** The same by time, mean over samples; absent where the profiles do not say when they were sampled. */
  moments?: Pick<Moments, 'step' | 'requests'> & Sides<Float64Array[]>
  /** What changes are fractions of, for each sample of the baseline. Default: what its functions cost. */
  base?: number[]
  /** µs of pauses per request, shared among the functions by their values. Absent when a sample has no such count. */
  collecting?: Sides<number[]>
  /** What each sample spent in total, in `unit`; `null` where no counter says so. */
  whole: Sides<(number | null)[]>
}

/** Idle time, and the profiler's own start and stop in the target's main thread: both are outside of the slices. */
export const isOutside = ({ name, file }: Frame): boolean =>
  (name === '(idle)' && file === '') || file === 'node:inspector'

/** Decodes each profile once. */
export type Decode = (collected: Collected | undefined) => Profile | null

export function decodeOnce(): Decode {
  const known = new Map<Collected, Profile>()
  return collected => {
    if (collected?.profile === undefined) return null
    if (typeof collected.profile !== 'string') return collected.profile
    const profile = known.get(collected) ?? decodePprof(Buffer.from(collected.profile, 'base64'))
    known.set(collected, profile)
    return profile
  }
}

/** Every subject against the baseline, for every collector that has profiles of both. */
export function callsOf(evidence: Evidence, excluded: ReadonlySet<Sample>, decode: Decode): Calls[] {
  return othersOf(evidence).flatMap(({ id }) =>
    evidence.collectors.flatMap(collector => callsOfPair(evidence, excluded, id, collector, decode) ?? []),
  )
}

function callsOfPair(
  evidence: Evidence,
  excluded: ReadonlySet<Sample>,
  variant: string,
  collector: string,
  decode: Decode,
): Calls | null {
  const { baseline, pairing, drifting } = evidence
  const usable = evidence.samples.filter(
    sample => !excluded.has(sample) && profiledIn(sample, collector, decode),
  )
  const { before, after } = pairsOf({ ...evidence, samples: usable }, variant)
  if (before.length === 0 || after.length === 0) return null
  const there = before.map(sample => profiledIn(sample, collector, decode)!)
  const here = after.map(sample => profiledIn(sample, collector, decode)!)
  const type = valueTypeOf(there[0]!.profile.valueTypes.at(-1)!)
  const steps = stepsOf([...there, ...here].map(({ profile }) => profile))
  const tree = uniteTrees(treeOf(there, type, steps), treeOf(here, type, steps))
  const [was, is] = [tree.self.slice(0, tree.beforeColumns), tree.self.slice(tree.beforeColumns)]
  const ofBoth = <T>(read: (side: Profiled[]) => T): Sides<T> => ({ before: read(there), after: read(here) })
  const collecting = ofBoth(side => side.flatMap(({ sample }) => type.collecting?.(sample) ?? []))
  const counted = collecting.before.length === there.length && collecting.after.length === here.length
  return {
    variant,
    baseline,
    collector,
    unit: type.unit,
    per: type.per,
    pairing,
    blames: !drifting.includes(type.family),
    tree,
    before: was.slice(0, there.length),
    after: is.slice(0, here.length),
    moments: steps
      ? {
          step: steps.step,
          requests: ofBoth(side => requestShares(side.map(slicesOf), steps)),
          before: was.slice(there.length),
          after: is.slice(here.length),
        }
      : undefined,
    base: type.base && there.map(({ collected }) => type.base!(collected)),
    collecting: counted ? collecting : undefined,
    whole: ofBoth(side => side.map(({ sample }) => type.whole?.(sample) ?? null)),
  }
}

interface Profiled {
  sample: Sample
  collected: Collected
  profile: Profile
}

function profiledIn(sample: Sample, collector: string, decode: Decode): Profiled | null {
  const collected = sample.collected[collector]
  const profile = decode(collected)
  if (!collected || !profile) return null
  const { rare } = valueTypeOf(profile.valueTypes.at(-1)!)
  if (profile.samples.stack.length === 0 && !rare) return null
  return sumOfColumn(collected.slices.requests) > 0 ? { sample, collected, profile } : null
}

const slicesOf = ({ collected }: Profiled) => collected.slices

/** In the type's unit: a column for each sample, then one for each step of time. */
function treeOf(side: Profiled[], type: ValueType, steps: Steps | null): CallTree {
  const profiles = side.map(({ profile }) => profile)
  const tree = buildCallTree(withParts(profiles, steps), { without: isOutside })
  const factors = side.map((it, column) => factorOf(tree.self[column]!, it, type))
  const scaled = (self: Float64Array, sample: number) => self.map(value => value * factors[sample]!)
  const samples = tree.self.slice(0, side.length).map(scaled)
  if (!steps) return { ...tree, self: samples }
  const parts = tree.self.slice(side.length).map((self, part) => scaled(self, Math.floor(part / steps.count)))
  return { ...tree, self: [...samples, ...meanOfParts(parts, steps)] }
}

/** Without a counter for what was spent, the sampled values are used as they are. */
function factorOf(self: Float64Array, { sample, collected }: Profiled, type: ValueType): number {
  const sampled = sum(self)
  const divisor = type.per === 'per request' ? sumOfColumn(collected.slices.requests) : 1
  const spent = type.spent?.(sample, collected) ?? (sampled * type.scale) / divisor
  return sampled > 0 ? spent / sampled : 0
}
