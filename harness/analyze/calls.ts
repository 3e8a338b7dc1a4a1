/** Profiles of evidence → one call tree over both sides, with a column per sample in comparable units. */
import { matchOwners, type Owners, type UnionTree, uniteTrees } from '../match/index.ts'
import type { Comparison, Sides } from '../model/comparison.ts'
import type { Collected, Evidence, Pairing, Sample } from '../model/evidence.ts'
import type { Moments } from '../model/flame.ts'
import type { Profile } from '../model/profile.ts'
import { buildCallTree, type CallTree, type LineTable, lineTable, packageFinder } from '../profile/index.ts'
import { sumOfColumn } from '../stats/columns.ts'
import { mean, sum } from '../stats/describe.ts'
import { type SideText, sideTexts } from './lines.ts'
import { meanOfParts, requestShares, type Steps, stepsOf, withParts } from './moments.ts'
import { type Decode, isOutside } from './profiles.ts'
import { othersOf, pairsOf } from './samples.ts'
import { sourceFinder, textsOf } from './sources.ts'
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
  /** By function of the tree: how each side has it. Absent where no source is known. */
  texts?: Sides<(SideText | undefined)[]>
  owners: Owners
  /** The same by time, mean over samples; absent where the profiles do not say when they were sampled. */
  moments?: Pick<Moments, 'step' | 'requests'> & Sides<Float64Array[]>
  /** What changes are fractions of, for each sample of the baseline. Default: what its functions cost. */
  base?: number[]
  /** What both sides cost as a whole, by the metric's own figures; absent where no metric has them. */
  figures?: Figures
  /** µs of pauses per request, shared among the functions by their values. Absent when a sample has no such count. */
  collecting?: Sides<number[]>
  /** What each sample spent in total, in `unit`; `null` where no counter says so. */
  whole: Sides<(number | null)[]>
}

/** Smaller log-ratios come from rounding. */
const ROUNDING = 1e-12

/** The metric of the whole. */
interface Figures extends Sides {
  /** Whether the change is beyond chance. */
  isSure: boolean
  /** after / before in each round that has both. */
  ratios: Map<number, number>
}

/** Every subject against the baseline, for every collector that has profiles of both. */
export function callsOf(
  evidence: Evidence,
  excluded: ReadonlySet<Sample>,
  decode: Decode,
  comparisons: Comparison[],
): Calls[] {
  const rounds = [...new Set(evidence.samples.map(({ round }) => round))].toSorted((a, b) => a - b)
  const figuresOf = (variant: string, metric: string | undefined): Figures | undefined => {
    const found = comparisons.find(one => one.metric === metric && one.variant === variant)
    const { before = null, after = null, change = null } = found ?? {}
    if (!found || before === null || after === null || before <= 0) return undefined
    const ratios = rounds.flatMap((round, at): [number, number][] => {
      const ratio = found.ratios[at] ?? null
      return ratio === null ? [] : [[round, Math.abs(ratio) < ROUNDING ? 1 : Math.exp(ratio)]]
    })
    const isSure = change !== null && (change.low > 0 || change.high < 0)
    return { before, after, isSure, ratios: new Map(ratios) }
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
  figuresOf: (variant: string, metric: string | undefined) => Figures | undefined,
): Calls | null {
  const { baseline, pairing, drifting } = evidence
  const { before, after } = profiledPairs(evidence, excluded, variant, collector, decode)
  if (before.length === 0 || after.length === 0) return null
  const there = before.map(sample => profiledIn(sample, collector, decode)!)
  const here = after.map(sample => profiledIn(sample, collector, decode)!)
  const type = valueTypeOf(there[0]!.profile.valueTypes.at(-1)!)
  const steps = stepsOf([...there, ...here].map(({ profile }) => profile))
  const [subjectBefore, subjectAfter] = [baseline, variant].map(id =>
    evidence.subjects.find(subject => subject.id === id),
  )
  const [read, readNow] = [subjectBefore?.sources, subjectAfter?.sources]
  const [sourceBefore, sourceAfter] = [sourceFinder(read), sourceFinder(readNow)]
  const figures = figuresOf(variant, type.metric)
  const base = baseOf(there, type)
  const scales = scalesOf(
    pairing,
    base,
    baseOf(here, type),
    figures,
    there.map(({ sample }) => sample.round),
  )
  const { whole } = scales
  const treeBefore = treeOf(there, type, steps, scales.before)
  const treeAfter = treeOf(here, type, steps, scales.after)
  const tree = uniteTrees(treeBefore, treeAfter, {
    before: textsOf(read),
    after: textsOf(readNow),
  })
  const [first, last] = [tree.self.slice(0, tree.beforeColumns), tree.self.slice(tree.beforeColumns)]
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
    texts: {
      before: placed(sideTexts(treeBefore.frames, treeBefore.lines, sourceBefore), tree.places),
      after: sideTexts(treeAfter.frames, treeAfter.lines, sourceAfter),
    },
    owners: matchOwners(tree, {
      before: packageFinder(subjectBefore?.packages),
      after: packageFinder(subjectAfter?.packages),
    }),
    before: first.slice(0, there.length),
    after: last.slice(0, here.length),
    moments: steps
      ? {
          step: steps.step,
          requests: ofBoth(side => requestShares(side.map(slicesOf), steps)),
          before: first.slice(there.length),
          after: last.slice(here.length),
        }
      : undefined,
    base: whole === undefined ? base : there.map(() => whole),
    figures,
    collecting: counted ? collecting : undefined,
    whole: ofBoth(side => side.map(({ sample }) => type.whole?.(sample) ?? null)),
  }
}

/** Samples with a profile. One that lacks the others' counter cannot be brought to their scale. */
function profiledPairs(
  evidence: Evidence,
  excluded: ReadonlySet<Sample>,
  variant: string,
  collector: string,
  decode: Decode,
): Sides<Sample[]> {
  const profiled = evidence.samples.flatMap(sample =>
    excluded.has(sample) ? [] : (profiledIn(sample, collector, decode) ?? []),
  )
  const counted = profiled.filter(it => baseOf([it], valueTypeOf(it.profile.valueTypes.at(-1)!)))
  const [all, some] = [profiled, counted].map(they =>
    pairsOf({ ...evidence, samples: they.map(({ sample }) => sample) }, variant),
  ) as [Sides<Sample[]>, Sides<Sample[]>]
  return some.before.length > 0 && some.after.length > 0 ? some : all
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

/** `undefined` where a sample of the side lacks the counter, or it did not move. */
function baseOf(side: Profiled[], type: ValueType): number[] | undefined {
  const base = side.map(({ sample, collected }) => type.base?.(collected) ?? type.whole?.(sample) ?? null)
  return base.every(cost => cost !== null && cost > 0 && Number.isFinite(cost))
    ? (base as number[])
    : undefined
}

/** Each value at its place. */
function placed<T>(values: T[], places: ArrayLike<number>): (T | undefined)[] {
  const all: (T | undefined)[] = []
  values.forEach((value, at) => {
    all[places[at]!] = value
  })
  return all
}

/**
 * What the samples' columns are multiplied by, so that functions add up to what the metric says of the whole; none where they
 * stay as they are. In a round, what both sides share is the machine, and the metric knows their ratio better than the sums do:
 * it pairs the slices. Without a ratio, both sides have one factor.
 *
 * @param rounds of the samples
 */
function scalesOf(
  pairing: Pairing,
  there: number[] | undefined,
  here: number[] | undefined,
  figures: Figures | undefined,
  rounds: number[],
): Sides<number[]> & { whole?: number } {
  if (there && pairing === 'rounds') {
    const whole = figures?.before ?? mean(there)
    const before = there.map(own => whole / own)
    const after = before.map((scale, at) => {
      const [ratio, own] = [figures?.ratios.get(rounds[at]!), here?.[at]]
      return ratio === undefined || own === undefined ? scale : (whole * ratio) / own
    })
    return { before, after, whole }
  }
  if (!there || !here || !figures) return { before: [], after: [] }
  const scaled = (side: number[], figure: number) => side.map(() => figure / mean(side))
  return {
    before: scaled(there, figures.before),
    after: scaled(here, figures.after),
    whole: figures.before,
  }
}

const slicesOf = ({ collected }: Profiled) => collected.slices

/**
 * In the type's unit: a column for each sample, then one for each step of time.
 *
 * @param scales of the samples; none where they stay as they are
 */
function treeOf(
  side: Profiled[],
  type: ValueType,
  steps: Steps | null,
  scales: number[],
): CallTree & { lines: LineTable } {
  const profiles = side.map(({ profile }) => profile)
  const tree = buildCallTree(withParts(profiles, steps), { without: isOutside })
  const factors = side.map((it, column) => factorOf(tree.self[column]!, it, type) * (scales[column] ?? 1))
  const scaled = (self: Float64Array, sample: number) => self.map(value => value * factors[sample]!)
  const samples = tree.self.slice(0, side.length).map(scaled)
  const table = lineTable(tree, profiles)
  const lines = { ...table, self: table.self.map(scaled) }
  if (!steps) return { ...tree, lines, self: samples }
  const parts = tree.self.slice(side.length).map((self, part) => scaled(self, Math.floor(part / steps.count)))
  return { ...tree, lines, self: [...samples, ...meanOfParts(parts, steps)] }
}

/** Without a counter for what was spent, the sampled values are used as they are. */
function factorOf(self: Float64Array, { sample, collected }: Profiled, type: ValueType): number {
  const sampled = sum(self)
  const divisor = type.per === 'per request' ? sumOfColumn(collected.slices.requests) : 1
  const spent = type.spent?.(sample, collected) ?? (sampled * type.scale) / divisor
  return sampled > 0 ? spent / sampled : 0
}
