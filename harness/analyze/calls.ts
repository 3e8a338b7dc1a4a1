/** Captures of a record → one call tree over both sides, with a column per launch in cost per request. */

import { decodePprof } from '../formats/index.ts'
import { type UnionTree, uniteTrees } from '../match/index.ts'
import type { Profile } from '../model/profile.ts'
import type { Capture, LaunchRecord, RunRecord } from '../model/record.ts'
import type { Moments } from '../model/report.ts'
import { buildCallTree, type CallTree, type Frame } from '../profile/index.ts'
import { measured } from '../stats/describe.ts'
import { KINDS, type Kind } from './kinds.ts'
import { meanOfParts, requestShares, type Steps, stepsOf, withParts } from './moments.ts'

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
  /** The same by time, mean over rounds; absent where the profiles do not say when they were sampled. */
  moments?: { step: number; requests: Moments['requests']; before: Float64Array[]; after: Float64Array[] }
  /** What changes are fractions of, in every round; absent where that is what the baseline's functions cost. */
  of?: number[]
  /** µs of pauses per request, in every round, which the functions share by their values; absent where unknown. */
  collecting?: { before: number; after: number }[]
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
  const [there, here] = [sides.map(({ before }) => before), sides.map(({ after }) => after)]
  const steps = stepsOf([...there, ...here].map(({ profile }) => profile))
  const tree = uniteTrees(treeOf(there, kind, steps), treeOf(here, kind, steps))
  const [before, after] = [tree.self.slice(0, tree.beforeColumns), tree.self.slice(tree.beforeColumns)]
  return {
    variant,
    baseline: plan.baseline,
    collector,
    unit: kind.unit,
    tree,
    before: before.slice(0, sides.length),
    after: after.slice(0, sides.length),
    ...(steps && {
      moments: {
        step: steps.step,
        requests: {
          before: requestShares(there.map(slicesOf), steps),
          after: requestShares(here.map(slicesOf), steps),
        },
        before: before.slice(sides.length),
        after: after.slice(sides.length),
      },
    }),
    per: kind.per,
    ...(kind.of && { of: sides.map(({ before }) => kind.of!(before.capture)) }),
    ...collectingOf(sides, kind),
    whole: sides.map(({ before, after }) => ({
      before: kind.whole(before.launch, before.capture),
      after: kind.whole(after.launch, after.capture),
    })),
  }
}

/** Nothing where a launch of one of the rounds has no pauses counted. */
function collectingOf(sides: { before: Side; after: Side }[], kind: Kind): Pick<Calls, 'collecting'> {
  const collecting = sides.flatMap(({ before, after }) => {
    const [there, here] = [before, after].map(({ launch }) => kind.collecting?.(launch) ?? null)
    return there == null || here == null ? [] : [{ before: there, after: here }]
  })
  return collecting.length === sides.length ? { collecting } : {}
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
  if (!launch || !capture || !profile) return null
  // Without samples nothing was seen, except where it is the event that is rare.
  const rare = profile.valueTypes.at(-1)!.type === 'stall'
  if (profile.samples.stack.length === 0 && !rare) return null
  return total(capture.slices.requests) > 0 ? { launch, capture, profile } : null
}

const slicesOf = ({ capture }: Side) => capture.slices

/** In the kind's unit: a column for each launch, then one for each step of time. */
function treeOf(side: Side[], kind: Kind, steps: Steps | null): CallTree {
  const profiles = side.map(({ profile }) => profile)
  const tree = buildCallTree(withParts(profiles, steps), { without: outside })
  const factors = side.map((it, column) => factorOf(tree.self[column]!, it, kind))
  const scaled = (self: Float64Array, launch: number) => self.map(value => value * factors[launch]!)
  const launches = tree.self.slice(0, side.length).map(scaled)
  if (!steps) return { ...tree, self: launches }
  const parts = tree.self.slice(side.length).map((self, part) => scaled(self, Math.floor(part / steps.count)))
  return { ...tree, self: [...launches, ...meanOfParts(parts, steps)] }
}

/** Where no counter says what was spent, what was sampled counts as it is. */
function factorOf(self: Float64Array, { launch, capture }: Side, kind: Kind): number {
  const sampled = self.reduce((sum, value) => sum + value, 0)
  const divisor = kind.per === 'per request' ? total(capture.slices.requests) : 1
  const spent = kind.spent(launch, capture) ?? (sampled * kind.scale) / divisor
  return sampled > 0 ? spent / sampled : 0
}

const total = (values: (number | null)[]): number => measured(values).reduce((sum, value) => sum + value, 0)
