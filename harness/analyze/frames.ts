/** Functions whose cost per request changed, with the evidence. */
import type { FrameChange } from '../model/report.ts'
import { categoryOf, commonRoot, type Frame, functionTable, shownPath } from '../profile/index.ts'
import { CONFIDENCE } from '../stats/change.ts'
import { mean, standardDeviation } from '../stats/describe.ts'
import { enoughRounds, maxT } from '../stats/max-t.ts'
import { studentQuantile, studentT } from '../stats/student.ts'
import type { Calls } from './calls.ts'

/** Functions are chosen by their share of both sides together, which tells nothing about the difference. */
const CHOSEN_SHARE = 0.005
/** How often a change of the size called detectable is found. */
const POWER = 0.8

/**
 * The chosen functions, the surest change first. Differences are taken within a round, as a fraction of what the baseline's
 * functions cost per request in that round; all functions of a pair are tested together. A single round has no rows:
 * there is nothing to tell a change from chance.
 */
export function frameChanges(calls: Calls, seed: number): FrameChange[] {
  const rounds = calls.before.length
  if (rounds < 2) return []
  const sides = [calls.before, calls.after].map(self => functionTable({ ...calls.tree, self }))
  const [before, after] = [sides[0]!, sides[1]!]
  const counts = calls.tree.frames.map(frame => !isPseudo(frame))
  const whole = calls.of ?? before.self.map(self => sum(self.filter((_, at) => counts[at])))
  if (!whole.every(cost => cost > 0 && Number.isFinite(cost))) return []
  const chosen = chosenFrames(before.self, after.self)
  const differencesOf = (column: 'self' | 'total') =>
    chosen.map(frame =>
      whole.map((cost, round) => (after[column][round]![frame]! - before[column][round]![frame]!) / cost),
    )
  const [differences, totals] = [differencesOf('self'), differencesOf('total')]
  const alpha = 1 - CONFIDENCE
  const tested = (rows: number[][]) => (enoughRounds(rounds, alpha) ? maxT(rows, { alpha, seed }) : null)
  const [test, totalTest] = [tested(differences), tested(totals)]
  const root = rootOf(calls)
  const rows = chosen.map((frame, row): FrameChange => {
    const { name, file, line, column } = calls.tree.frames[frame]!
    const at = (columns: Float64Array[]) => mean(columns.map(values => values[frame]!))
    const p = test ? test.p[row]! : null
    return {
      variant: calls.variant,
      baseline: calls.baseline,
      collector: calls.collector,
      function: shownName(name, line, column),
      file: shownPath(file, root),
      line,
      category: categoryOf(name, file, line),
      before: at(before.self),
      after: at(after.self),
      totalBefore: at(before.total),
      totalAfter: at(after.total),
      change: { ...studentT(differences[row]!, CONFIDENCE), confidence: CONFIDENCE },
      p,
      significant: p !== null && p <= alpha,
      detectable: detectable(differences[row]!, test?.critical ?? null),
      ...(totalTest && { withCallees: withCallees(totals[row]!, totalTest.p[row]!, alpha) }),
      match: calls.tree.match[frame]!,
      ...(calls.collecting && {
        collecting: {
          before: shared(before.self, frame, calls.collecting, 'before'),
          after: shared(after.self, frame, calls.collecting, 'after'),
        },
      }),
    }
  })
  return rows.sort(surestFirst)
}

const withCallees = (differences: number[], p: number, alpha: number): FrameChange['withCallees'] => ({
  change: { ...studentT(differences, CONFIDENCE), confidence: CONFIDENCE },
  p,
  significant: p <= alpha,
})

/** V8's names for time in which no function ran: a part of what was sampled, but not of what functions cost. */
export const isPseudo = ({ name, file }: Pick<Frame, 'name' | 'file'>): boolean =>
  file === '' && (name === '(program)' || name === '(garbage collector)' || name === '(idle)')

/** The functions that a row is worth: those with a share of both sides together that is not too small. */
export function chosenFrames(before: Float64Array[], after: Float64Array[]): number[] {
  const columns = [...before, ...after]
  const least = CHOSEN_SHARE * columns.reduce((total, column) => total + sum(column), 0)
  return [...columns[0]!.keys()].filter(
    frame =>
      columns.reduce((total, column) => total + column[frame]!, 0) >= Math.max(least, Number.MIN_VALUE),
  )
}

/** The frame's part of the pauses, by its part of the values, mean over rounds. */
const shared = (
  self: Float64Array[],
  frame: number,
  collecting: NonNullable<Calls['collecting']>,
  side: 'before' | 'after',
): number =>
  mean(self.map((values, round) => (values[frame]! / (sum(values) || 1)) * collecting[round]![side]))

/** What would be significant among all rows and found with the power above. */
function detectable(differences: number[], critical: number | null): number | null {
  if (critical === null) return null
  const error = standardDeviation(differences) / Math.sqrt(differences.length)
  return (critical + studentQuantile(POWER, differences.length - 1)) * error
}

/** Significant ones first, then by how far from zero the change is at least, then by the estimate. */
export function surestFirst(a: FrameChange, b: FrameChange): number {
  return (
    Number(b.significant) - Number(a.significant) ||
    atLeast(b) - atLeast(a) ||
    Math.abs(b.change.estimate) - Math.abs(a.change.estimate)
  )
}

/** The end of the interval that is nearest to zero; 0 when zero is inside. */
const atLeast = ({ change: { low, high } }: FrameChange): number => Math.max(0, low, -high)

/** The folder to leave out of paths: shared by all of the application's files, as the variant has them. */
export const rootOf = ({ tree }: Calls): string =>
  commonRoot(tree.frames.flatMap(({ file }, at) => (tree.match[at] === 'only before' ? [] : [file])))

export const shownName = (name: string, line: number, column: number): string =>
  name || (line > 0 ? `(anonymous ${line}:${column})` : '(anonymous)')

const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0)
