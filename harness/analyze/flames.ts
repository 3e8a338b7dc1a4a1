/** Call trees of two sides → one flame of both, with an interval for each change, and the lines of its functions. */
import type { SourceLines } from '../model/record.ts'
import type { Flame } from '../model/report.ts'
import { type CallTree, functionTable, pruneTree, totals } from '../profile/index.ts'
import { mean, sum } from '../stats/describe.ts'
import type { Calls } from './calls.ts'
import { namedFrame, rootOf } from './functions.ts'
import { INFERENCES } from './inference.ts'
import { sparse } from './moments.ts'

/** A call with a smaller share of both sides is narrower than a pixel. */
const SMALLEST_SHARE = 0.001

/** Finds the lines that a report shows of a function. */
export type SourceOf = (place: { file: string; line: number }) => SourceLines | undefined

/** Small calls are merged into `(rest)` below their caller, so the flame still adds up. */
export function flameOf(calls: Calls, sourceOf: SourceOf = () => undefined): Flame {
  const first = calls.before.length
  const samples = first + calls.after.length
  const { moments, pairing, blames } = calls
  const parts = moments ? [...moments.before, ...moments.after] : []
  const tree = pruneTree({ ...calls.tree, self: [...calls.before, ...calls.after, ...parts] }, SMALLEST_SHARE)
  const below = tree.self.slice(0, samples).map(self => totals(tree, self))
  const nodes = [...tree.parent.keys()]
  const meanOf = (columns: Float64Array[], node: number) => mean(columns.map(column => column[node]!))
  const intervals = nodes.map(node => {
    const values = below.map(column => column[node]!)
    const sides = { before: values.slice(0, first), after: values.slice(first) }
    return blames ? INFERENCES[pairing].interval(sides) : null
  })
  return {
    variant: calls.variant,
    baseline: calls.baseline,
    collector: calls.collector,
    unit: calls.unit,
    per: calls.per,
    ...usedFrames(tree, calls, sourceOf),
    parent: [...tree.parent],
    before: nodes.map(node => meanOf(tree.self.slice(0, first), node)),
    after: nodes.map(node => meanOf(tree.self.slice(first, samples), node)),
    low: intervals.map(interval => interval?.low ?? null),
    high: intervals.map(interval => interval?.high ?? null),
    moments: moments && {
      step: moments.step,
      requests: moments.requests,
      ...sparse(
        tree.self.slice(samples, samples + moments.before.length),
        tree.self.slice(samples + moments.before.length),
      ),
    },
  }
}

/** Only the functions that a node refers to. */
function usedFrames(
  { frames, frame }: CallTree,
  calls: Calls,
  sourceOf: SourceOf,
): Pick<Flame, 'frames' | 'frame'> {
  const root = rootOf(calls)
  const used = [...new Set(frame)]
  const place = new Map(used.map((at, index) => [at, index]))
  return {
    frames: used.map(at => ({
      ...namedFrame(frames[at]!, root),
      match: calls.tree.match[at] ?? 'exact',
      source: sourceOf(frames[at]!),
    })),
    frame: Array.from(frame, at => place.get(at)!),
  }
}

/** For one pair and collector. With fewer, large functions are missing; with more, the page only grows. */
const MOST = 80

export interface SourcePlace {
  /** Absolute path. */
  file: string
  /** Where the function begins, from 1. */
  line: number
}

/** Where the most expensive functions begin, callees included, with the file names of the launches. */
export function shownPlaces(pairs: Calls[]): SourcePlace[] {
  const places = pairs.flatMap(({ tree, before, after }) => {
    const { total } = functionTable({ ...tree, self: [...before, ...after] })
    const cost = (frame: number) => sum(total.map(column => column[frame]!))
    return [...tree.frames.keys()]
      .filter(frame => isPlace(tree.frames[frame]!))
      .toSorted((a, b) => cost(b) - cost(a))
      .slice(0, MOST)
      .map(frame => tree.frames[frame]!)
  })
  return [...new Map(places.map(({ file, line }) => [placeKey(file, line), { file, line }])).values()]
}

const isPlace = ({ file, line }: SourcePlace) => line > 0 && /^(\/|[A-Za-z]:\/)/.test(file)

const placeKey = (file: string, line: number) => `${file}\n${line}`

/** Finds the lines of a function among those that a record holds. */
export function sourceFinder(sources: SourceLines[] = []): SourceOf {
  const known = new Map(sources.map(lines => [placeKey(lines.file, lines.from), lines]))
  return ({ file, line }) => known.get(placeKey(file, line))
}
