/** Profiles of a record → functions, flames and budgets: where the cost per request changed. */
import type { RunRecord } from '../model/record.ts'
import type { Analysis, Flame } from '../model/report.ts'
import { type CallTree, categoryOf, pruneTree, shownPath, totals } from '../profile/index.ts'
import { CONFIDENCE } from '../stats/change.ts'
import { mean } from '../stats/describe.ts'
import { studentT } from '../stats/student.ts'
import { budgetOf } from './budget.ts'
import { type Calls, callsOf } from './calls.ts'
import { excludedRounds } from './exclusion.ts'
import { frameChanges, rootOf, shownName } from './frames.ts'
import { sparse } from './moments.ts'
import { sourceFinder } from './sources.ts'

type SourceOf = ReturnType<typeof sourceFinder>

/** A call with a smaller share of both sides is narrower than a pixel. */
const SMALLEST_SHARE = 0.001

export function profileChanges(run: RunRecord): Pick<Analysis, 'frames' | 'flames' | 'budgets'> {
  const sourceOf = sourceFinder(run.sources)
  const pairs = callsOf(run, excludedRounds(run.rounds)).map(calls => ({
    calls,
    rows: frameChanges(calls, run.plan.seed),
  }))
  return {
    frames: pairs.flatMap(({ rows }) => rows),
    flames: pairs.map(({ calls }) => ({ ...flameOf(calls, withinRounds, sourceOf), per: calls.per })),
    // Without rows there is nothing that could add up.
    budgets: pairs.filter(({ rows }) => rows.length > 0).map(({ calls, rows }) => budgetOf(calls, rows)),
  }
}

/** Interval of the difference between both sides' values; `null` where there is none. */
type IntervalOf = (before: number[], after: number[]) => { low: number; high: number } | null

/** Small calls are put together as `(rest)` below their caller, so the flame still adds up. */
export function flameOf(calls: Calls, intervalOf: IntervalOf, sourceOf: SourceOf = () => undefined): Flame {
  const first = calls.before.length
  const launches = first + calls.after.length
  const { moments } = calls
  const parts = moments ? [...moments.before, ...moments.after] : []
  const tree = pruneTree({ ...calls.tree, self: [...calls.before, ...calls.after, ...parts] }, SMALLEST_SHARE)
  const below = tree.self.slice(0, launches).map(self => totals(tree, self))
  const nodes = [...tree.parent.keys()]
  const centre = (columns: Float64Array[], node: number) => mean(columns.map(column => column[node]!))
  const intervals = nodes.map(node => {
    const values = below.map(column => column[node]!)
    return intervalOf(values.slice(0, first), values.slice(first))
  })
  return {
    variant: calls.variant,
    baseline: calls.baseline,
    collector: calls.collector,
    unit: calls.unit,
    ...usedFrames(tree, calls, sourceOf),
    parent: [...tree.parent],
    before: nodes.map(node => centre(tree.self.slice(0, first), node)),
    after: nodes.map(node => centre(tree.self.slice(first, launches), node)),
    low: intervals.map(interval => interval?.low ?? null),
    high: intervals.map(interval => interval?.high ?? null),
    ...(moments && {
      moments: {
        step: moments.step,
        requests: moments.requests,
        ...sparse(
          tree.self.slice(launches, launches + moments.before.length),
          tree.self.slice(launches + moments.before.length),
        ),
      },
    }),
  }
}

/** The launches of a round belong together. */
const withinRounds: IntervalOf = (before, after) => {
  const changes = before.map((value, round) => after[round]! - value)
  return changes.length > 1 ? studentT(changes, CONFIDENCE) : null
}

/** Only functions that a node points to. */
function usedFrames(
  { frames, frame }: CallTree,
  calls: Calls,
  sourceOf: SourceOf,
): Pick<Flame, 'frames' | 'frame'> {
  const root = rootOf(calls)
  const used = [...new Set(frame)]
  const place = new Map(used.map((at, index) => [at, index]))
  return {
    frames: used.map(at => {
      const { name, file, line, column } = frames[at]!
      const source = sourceOf({ file, line })
      return {
        function: shownName(name, line, column),
        file: shownPath(file, root),
        line,
        category: categoryOf(name, file, line),
        match: calls.tree.match[at] ?? 'exact',
        ...(source && { source }),
      }
    }),
    frame: Array.from(frame, at => place.get(at)!),
  }
}
