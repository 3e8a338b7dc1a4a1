/** Profiles of evidence → one call tree over both sides, with a column per sample in comparable units. */
import { type UnionTree, uniteTrees } from '../match/index.ts'
import type { Comparison, Sides } from '../model/comparison.ts'
import type { Collected, Evidence, Pairing, Sample } from '../model/evidence.ts'
import type { Moments } from '../model/flame.ts'
import type { Profile } from '../model/profile.ts'
import { buildCallTree, type CallTree } from '../profile/index.ts'
import { sumOfColumn } from '../stats/columns.ts'
import { mean, sum } from '../stats/describe.ts'
import { meanOfParts, requestShares, type Steps, stepsOf, withParts } from './moments.ts'
import { type Decode, isOutside } from './profiles.ts'
import { othersOf, pairsOf } from './samples.ts'
import { type SourceOf, sourceFinder, textsOf } from './sources.ts'
import { type ValueType, valueTypeOf } from './value-types.ts'

/**
 * The profiles of a subject next to those of the baseline, in `unit`: one column per sample, over the tree's nodes. With
 * pairing by rounds both sides have the same rounds, and the columns of a round are scaled so that its baseline costs as much as
 * that of every other round: what they share is the machine.
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
  /** What was read of a function of either side. */
  sourceOf: SourceOf
  /** The same by time, mean over samples; absent where the profiles do not say when they were sampled. */
  moments?: Pick<Moments, 'step' | 'requests'> & Sides<Float64Array[]>
  /** What changes are fractions of, for each sample of the baseline. Default: what its functions cost. */
  base?: number[]
  /** What both sides cost as a whole, by the metric's own figures; absent where no metric has them. */
  figures?: Sides
  /** µs of pauses per request, shared among the functions by their values. Absent when a sample has no such count. */
  collecting?: Sides<number[]>
  /** What each sample spent in total, in `unit`; `null` where no counter says so. */
  whole: Sides<(number | null)[]>
}

/** Every subject against the baseline, for every collector that has profiles of both. */
export function callsOf(
  evidence: Evidence,
  excluded: ReadonlySet<Sample>,
  decode: Decode,
  comparisons: Comparison[],
): Calls[] {
  const figuresOf = (variant: string, metric: string | undefined): Sides | undefined => {
    const found = comparisons.find(one => one.metric === metric && one.variant === variant)
    const { before = null, after = null } = found ?? {}
    return before !== null && after !== null && before > 0 ? { before, after } : undefined
  }
  return othersOf(evidence).flatMap(({ id }) =>
    evidence.collectors.flatMap(
      collector => callsOfPair(evidence, excluded, id, collector, decode, figuresOf) ?? [],
    ),
  )
}

function callsOfPair(
  evidence: Evidence,
  excluded: ReadonlySet<Sample>,
  variant: string,
  collector: string,
  decode: Decode,
  figuresOf: (variant: string, metric: string | undefined) => Sides | undefined,
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
  const [read, readNow] = [baseline, variant].map(
    id => evidence.subjects.find(subject => subject.id === id)?.sources,
  )
  const [sourceBefore, sourceAfter] = [sourceFinder(read), sourceFinder(readNow)]
  const figures = figuresOf(variant, type.metric)
  const base = baseOf(there, type)
  const figure = base && (figures?.before ?? mean(base))
  const scales = pairing === 'rounds' && base && figure ? base.map(own => figure / own) : []
  const tree = uniteTrees(treeOf(there, type, steps, scales), treeOf(here, type, steps, scales), {
    before: textsOf(read),
    after: textsOf(readNow),
  })
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
    sourceOf: frame => sourceAfter(frame) ?? sourceBefore(frame),
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
    base: scales.length > 0 ? scales.map(() => figure!) : base,
    figures,
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

/** `undefined` where a sample of the baseline lacks the counter, or it did not move. */
function baseOf(baseline: Profiled[], type: ValueType): number[] | undefined {
  const base = baseline.map(({ sample, collected }) => type.base?.(collected) ?? type.whole?.(sample) ?? null)
  return base.every(cost => cost !== null && cost > 0 && Number.isFinite(cost))
    ? (base as number[])
    : undefined
}

const slicesOf = ({ collected }: Profiled) => collected.slices

/**
 * In the type's unit: a column for each sample, then one for each step of time.
 *
 * @param scales of the samples; none where they stay as they are
 */
function treeOf(side: Profiled[], type: ValueType, steps: Steps | null, scales: number[]): CallTree {
  const profiles = side.map(({ profile }) => profile)
  const tree = buildCallTree(withParts(profiles, steps), { without: isOutside })
  const factors = side.map((it, column) => factorOf(tree.self[column]!, it, type) * (scales[column] ?? 1))
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
