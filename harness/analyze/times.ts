/** Where the time of a request went: by what it waited for, and the function that waited. */
import { type UnionTree, uniteTrees } from '../match/index.ts'
import type { Sides } from '../model/comparison.ts'
import type { Evidence, Sample } from '../model/evidence.ts'
import type { RequestClass, RequestTimes, TimeRow } from '../model/times.ts'
import { buildCallTree, commonRoot, isEditable } from '../profile/index.ts'
import { mean, sum } from '../stats/describe.ts'
import { namedFrame } from './functions.ts'
import { INFERENCES, isSignificant } from './inference.ts'
import type { Decode } from './profiles.ts'
import { othersOf, pairsOf } from './samples.ts'
import { textsOf } from './sources.ts'

const COLLECTOR = 'waits'
const CLASSES: RequestClass[] = ['typical', 'slow']

/** A row with a smaller share of both sides is part of the last one. */
const SMALLEST_SHARE = 0.005

/** Every subject against the baseline, or the only one against itself; none where no requests were followed. */
export function requestTimes(
  evidence: Evidence,
  excluded: ReadonlySet<Sample>,
  decode: Decode,
): RequestTimes[] {
  const others = othersOf(evidence)
  return (others.length > 0 ? others : evidence.subjects).flatMap(({ id }) =>
    CLASSES.flatMap(requests => timesOf(evidence, excluded, id, requests, decode) ?? []),
  )
}

function timesOf(
  evidence: Evidence,
  excluded: ReadonlySet<Sample>,
  variant: string,
  requests: RequestClass,
  decode: Decode,
): RequestTimes | null {
  const { baseline, pairing, subjects } = evidence
  const followed = evidence.samples.filter(
    sample => !excluded.has(sample) && countOf(sample, requests) > 0 && decode(sample.collected[COLLECTOR]),
  )
  const pairs = pairsOf({ ...evidence, samples: followed }, variant)
  if (pairs.before.length === 0 || pairs.after.length === 0) return null
  const treeOf = (samples: Sample[]) =>
    buildCallTree(samples.map(sample => profileOf(sample, requests, decode)))
  const textOf = (id: string) => textsOf(subjects.find(subject => subject.id === id)?.sources)
  const tree = uniteTrees(treeOf(pairs.before), treeOf(pairs.after), {
    before: textOf(baseline),
    after: textOf(variant),
  })
  const found = rowsOf(tree, [...pairs.before, ...pairs.after], requests).map(({ values, ...row }) => ({
    row,
    sides: { before: values.slice(0, pairs.before.length), after: values.slice(pairs.before.length) },
  }))
  const large = chosen(found.map(({ sides }) => sides))
  const test = INFERENCES[pairing].test(
    large.map(at => found[at]!.sides),
    evidence.plan?.seed ?? 1,
  )
  const rows = found.map(({ row, sides }, at): TimeRow => {
    const interval = INFERENCES[pairing].interval(sides)
    const p = test?.p[large.indexOf(at)] ?? null
    return {
      ...row,
      before: mean(sides.before),
      after: mean(sides.after),
      interval: interval && { low: interval.low, high: interval.high },
      p,
      significant: isSignificant(p),
    }
  })
  const wholeOf = (side: keyof Sides) => sum(rows.map(row => row[side]))
  const whole = { before: wholeOf('before'), after: wholeOf('after') }
  return {
    variant,
    baseline,
    requests,
    followed: { before: countsOf(pairs.before, requests), after: countsOf(pairs.after, requests) },
    latency: whole,
    rows: withRest(rows, whole).toSorted((a, b) => Math.max(b.before, b.after) - Math.max(a.before, a.after)),
  }
}

/** Rows that are tested together. They are chosen by both sides together, which says nothing of the difference. */
function chosen(rows: Sides<number[]>[]): number[] {
  const sizes = rows.map(({ before, after }) => sum([...before, ...after]))
  const whole = sum(sizes)
  return [...rows.keys()].filter(at => sizes[at]! >= whole * SMALLEST_SHARE)
}

const countOf = ({ collected }: Sample, requests: RequestClass): number =>
  collected[COLLECTOR]?.figures[requests] ?? 0

const countsOf = (samples: Sample[], requests: RequestClass) => sum(samples.map(it => countOf(it, requests)))

/** The profile with the values of one class alone. */
function profileOf(sample: Sample, requests: RequestClass, decode: Decode) {
  const profile = decode(sample.collected[COLLECTOR])!
  const at = profile.valueTypes.findIndex(({ type }) => type === requests)
  return { ...profile, samples: { ...profile.samples, values: profile.samples.values.slice(at, at + 1) } }
}

interface Row extends Pick<TimeRow, 'what' | 'place'> {
  /** µs per request of the class, in each sample. */
  values: number[]
}

/** Nodes together by what they end with, and the innermost function that somebody can edit, the application's first. */
function rowsOf(tree: UnionTree, samples: Sample[], requests: RequestClass): Row[] {
  const { frames, frame, parent, self } = tree
  const places = placesOf(tree)
  const root = commonRoot(frames.filter(isEditable).map(({ file }) => file))
  const divisors = samples.map(sample => countOf(sample, requests) * 1e3)
  const rows = new Map<string, Row>()
  for (let node = 0; node < parent.length; node++) {
    if (self.every(column => column[node] === 0)) continue
    const what = frames[frame[node]!]!.name
    const place = places[node]!
    const key = `${what} ${place}`
    const row = rows.get(key) ?? {
      what,
      place: place === -1 ? undefined : namedFrame(frames[place]!, root),
      values: samples.map(() => 0),
    }
    rows.set(key, row)
    self.forEach((column, at) => {
      row.values[at]! += column[node]! / divisors[at]!
    })
  }
  return [...rows.values()]
}

/** By node: the frame that is its place, −1 without one. */
function placesOf({ frames, frame, parent }: UnionTree): Int32Array {
  const [application, editable] = [new Int32Array(parent.length), new Int32Array(parent.length)]
  const isOwn = frames.map(each => isEditable(each) && !each.file.includes('node_modules/'))
  const canEdit = frames.map(isEditable)
  for (let node = 0; node < parent.length; node++) {
    const above = parent[node]!
    const own = frame[node]!
    application[node] = isOwn[own] ? own : above === -1 ? -1 : application[above]!
    editable[node] = canEdit[own] ? own : above === -1 ? -1 : editable[above]!
  }
  return application.map((own, node) => (own === -1 ? editable[node]! : own))
}

/** Small rows are lost to the eye, and yet the rows have to add up. */
function withRest(rows: TimeRow[], whole: Sides): TimeRow[] {
  const isLarge = ({ before, after }: TimeRow) =>
    before >= whole.before * SMALLEST_SHARE || after >= whole.after * SMALLEST_SHARE
  const small = rows.filter(row => !isLarge(row))
  const rest = { before: sum(small.map(it => it.before)), after: sum(small.map(it => it.after)) }
  const last: TimeRow[] =
    small.length > 0 ? [{ what: '(rest)', ...rest, interval: null, p: null, significant: false }] : []
  return [...rows.filter(isLarge), ...last]
}
