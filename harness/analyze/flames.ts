/** Call trees of two sides → one flame of both, with an interval for each change. */

import type { Flame, OwnerChange } from '../model/flame.ts'
import { pruneTree, totals } from '../profile/index.ts'
import { mean } from '../stats/describe.ts'
import type { Calls } from './calls.ts'
import { basesOf, namedFrame, rootOf } from './functions.ts'
import { INFERENCES } from './inference.ts'
import { functionText } from './lines.ts'
import { sparse } from './moments.ts'

/** A call with a smaller share of both sides is narrower than a pixel. */
const SMALLEST_SHARE = 0.001

/** Small calls are merged into `(rest)` below their caller, so the flame still adds up. */
export function flameOf(calls: Calls, changes: OwnerChange[] = []): Flame {
  const first = calls.before.length
  const samples = first + calls.after.length
  const { moments, pairing, blames } = calls
  const bases = basesOf(calls)
  const parts = moments ? [...moments.before, ...moments.after] : []
  const whole = { ...calls.tree, self: [...calls.before, ...calls.after, ...parts] }
  const tree = pruneTree(whole, SMALLEST_SHARE, calls.owners.after)
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
    owners: ownersOf(calls, changes),
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
function usedFrames(tree: ReturnType<typeof pruneTree>, calls: Calls): Pick<Flame, 'frames' | 'frame'> {
  const { frames, frame } = tree
  const root = rootOf(calls)
  const used = [...new Set(frame)]
  const place = new Map(used.map((at, index) => [at, index]))
  const owners = calls.owners.ofFrames
  return {
    frames: used.map(at => ({
      ...namedFrame(frames[at]!, root),
      match: calls.tree.match[at] ?? 'exact',
      source: functionText({ before: calls.texts?.before[at], after: calls.texts?.after[at] }),
      owner: tree.groups.get(at) ?? owners[at],
    })),
    frame: Array.from(frame, at => place.get(at)!),
  }
}

function ownersOf({ owners }: Calls, changes: OwnerChange[]): Flame['owners'] {
  return owners.rows.map(row => {
    const found = changes.find(
      ({ kind, owner, versions }) => kind === row.kind && owner === row.owner && versions === row.versions,
    )
    return { ...row, low: found?.interval?.low ?? null, high: found?.interval?.high ?? null }
  })
}
