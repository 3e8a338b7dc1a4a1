/** Functions of two sides of profiles, with the evidence where profiles were repeated. */
import type { FrameChange } from '../model/report.ts'
import { categoryOf, functionTable, shownPath } from '../profile/index.ts'
import { CONFIDENCE } from '../stats/change.ts'
import { mean } from '../stats/describe.ts'
import { permutationTest } from '../stats/permutation.ts'
import { welch } from '../stats/welch.ts'
import type { Calls } from './calls.ts'
import { chosenFrames, rootOf, shownName, surestFirst } from './frames.ts'
import { sum } from './profile-side.ts'

/** Where nothing was repeated, any change may be chance. */
const UNKNOWN = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY }

/**
 * The chosen functions, the surest change first, as a fraction of the whole before. The profiles of the sides are
 * independent of each other; all functions are tested together.
 *
 * @param certain whether there are enough profiles for intervals
 */
export function profileRows(calls: Calls, certain: boolean): FrameChange[] {
  const [before, after] = [calls.before, calls.after].map(self => functionTable({ ...calls.tree, self }))
  const whole = mean(calls.before.map(sum))
  const chosen = chosenFrames(before!.self, after!.self)
  const values = (columns: Float64Array[], frame: number) => columns.map(column => column[frame]!)
  const sides = chosen.map(frame => [values(before!.self, frame), values(after!.self, frame)] as const)
  const p = certain
    ? permutationTest(
        sides.map(([was, is]) => [...was, ...is]),
        calls.before.length,
      )
    : null
  const root = rootOf(calls)
  const rows = chosen.map((frame, row): FrameChange => {
    const { name, file, line, column } = calls.tree.frames[frame]!
    const [was, is] = sides[row]!
    const { low, high } = certain ? welch(was, is, CONFIDENCE) : UNKNOWN
    return {
      variant: calls.variant,
      baseline: calls.baseline,
      collector: calls.collector,
      function: shownName(name, line, column),
      file: shownPath(file, root),
      line,
      category: categoryOf(name, file, line),
      before: mean(was),
      after: mean(is),
      totalBefore: mean(values(before!.total, frame)),
      totalAfter: mean(values(after!.total, frame)),
      change: {
        estimate: (mean(is) - mean(was)) / whole,
        low: low / whole,
        high: high / whole,
        confidence: CONFIDENCE,
      },
      p: p?.[row] ?? null,
      significant: p !== null && p[row]! <= 1 - CONFIDENCE,
      detectable: null,
      match: calls.tree.match[frame]!,
    }
  })
  return rows.sort(surestFirst)
}
