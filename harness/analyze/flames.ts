/** Call trees of two sides → one flame of both, with an interval for each change. */

import type { Flame } from '../model/flame.ts'
import type { SourceLines } from '../model/record.ts'
import { type CallTree, pruneTree, totals } from '../profile/index.ts'
import { mean } from '../stats/describe.ts'
import type { Calls } from './calls.ts'
import { basesOf, namedFrame, rootOf } from './functions.ts'
import { INFERENCES } from './inference.ts'
import { sparse } from './moments.ts'

/** A call with a smaller share of both sides is narrower than a pixel. */
const SMALLEST_SHARE = 0.001

/** Small calls are merged into `(rest)` below their caller, so the flame still adds up. */
export function flameOf(calls: Calls): Flame {
  const first = calls.before.length
  const samples = first + calls.after.length
  const { moments, pairing, blames } = calls
  const bases = basesOf(calls)
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
    base: bases ? mean(bases) : undefined,
    ...usedFrames(tree, calls),
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

/** A record also holds functions of which only the text is compared. */
const shown = (source: SourceLines | undefined): Flame['frames'][number]['source'] =>
  source && source.lines.length > 0
    ? { file: source.file, from: source.from, lines: source.lines }
    : undefined

/** Only the functions that a node refers to. */
function usedFrames({ frames, frame }: CallTree, calls: Calls): Pick<Flame, 'frames' | 'frame'> {
  const root = rootOf(calls)
  const used = [...new Set(frame)]
  const place = new Map(used.map((at, index) => [at, index]))
  return {
    frames: used.map(at => ({
      ...namedFrame(frames[at]!, root),
      match: calls.tree.match[at] ?? 'exact',
      source: shown(calls.sourceOf(frames[at]!)),
    })),
    frame: Array.from(frame, at => place.get(at)!),
  }
}
