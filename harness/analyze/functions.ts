/** Functions whose cost changed, with the evidence. */
import type { Budget, FrameChange } from '../model/report.ts'
import { categoryOf, commonRoot, type Frame, functionTable, shownPath } from '../profile/index.ts'
import { CONFIDENCE } from '../stats/change.ts'
import { mean, measured, sum } from '../stats/describe.ts'
import type { Calls } from './calls.ts'
import { INFERENCES, isSignificant, type Values } from './inference.ts'

/** Functions are chosen by their share of both sides together, which is independent of the difference. */
const CHOSEN_SHARE = 0.005

/** Where nothing was repeated, any change may be chance. */
const UNKNOWN = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY }

/**
 * The chosen functions, the most certain change first, as fractions of what the baseline's functions cost: in the same
 * round, or on average where samples are independent. A single round has no rows, because nothing tells a change from
 * chance. All functions of a pair are tested together.
 */
export function functionChanges(calls: Calls, seed: number): FrameChange[] {
  const { pairing, tree } = calls
  if (pairing === 'rounds' && calls.before.length < 2) return []
  const [before, after] = [calls.before, calls.after].map(self => functionTable({ ...tree, self }))
  const costs = calls.base ?? before!.self.map(costOfFunctions(tree.frames))
  const whole = pairing === 'rounds' ? costs : costs.map(() => mean(costs))
  if (!whole.every(cost => cost > 0 && Number.isFinite(cost))) return []
  const chosen = chosenFrames([...before!.self, ...after!.self])
  const shares = (columns: Float64Array[], frame: number) =>
    columns.map((column, at) => column[frame]! / whole[pairing === 'rounds' ? at : 0]!)
  const valuesOf = (column: 'self' | 'total') =>
    chosen.map(
      (frame): Values => ({
        before: shares(before![column], frame),
        after: shares(after![column], frame),
      }),
    )
  const { interval, test } = INFERENCES[pairing]
  const [self, total] = [valuesOf('self'), valuesOf('total')]
  const tested = calls.blames ? test(self, seed) : null
  const testedTotal = calls.blames && pairing === 'rounds' ? test(total, seed) : null
  const change = (values: Values) => ({
    estimate: mean(values.after) - mean(values.before),
    ...(interval(values) ?? UNKNOWN),
    confidence: CONFIDENCE,
  })
  const root = rootOf(calls)
  const rows = chosen.map((frame, row): FrameChange => {
    const at = (columns: Float64Array[]) => mean(columns.map(values => values[frame]!))
    const p = tested?.p[row] ?? null
    return {
      variant: calls.variant,
      baseline: calls.baseline,
      collector: calls.collector,
      ...namedFrame(tree.frames[frame]!, root),
      before: at(before!.self),
      after: at(after!.self),
      totalBefore: at(before!.total),
      totalAfter: at(after!.total),
      change: change(self[row]!),
      p,
      significant: isSignificant(p),
      detectable: tested?.detectable[row] ?? null,
      ...(testedTotal && {
        withCallees: {
          change: change(total[row]!),
          p: testedTotal.p[row]!,
          significant: isSignificant(testedTotal.p[row]!),
        },
      }),
      match: tree.match[frame]!,
      ...(calls.collecting && {
        collecting: {
          before: sharedPauses(before!.self, frame, calls.collecting.before),
          after: sharedPauses(after!.self, frame, calls.collecting.after),
        },
      }),
    }
  })
  return rows.sort(surestFirst)
}

/**
 * Whether the rows' changes explain the change of the whole. `rest` is what they do not: functions too small for a row,
 * other threads (compiler, garbage collection), and chance.
 */
export function budgetOf({ variant, collector, unit, ...calls }: Calls, rows: FrameChange[]): Budget {
  const functions = sum(rows.map(({ before, after }) => after - before))
  const [before, after] = [calls.whole.before, calls.whole.after].map(measured)
  const counted = before!.length === calls.before.length && after!.length === calls.after.length
  const whole = counted
    ? mean(after!) - mean(before!)
    : mean(calls.after.map(sum)) - mean(calls.before.map(sum))
  return { variant, collector, unit, functions, whole, rest: whole - functions }
}

/** A frame as it is shown, without the folder that all files of the application share. */
export const namedFrame = ({ name, file, line, column }: Frame, root: string) => ({
  function: name || (line > 0 ? `(anonymous ${line}:${column})` : '(anonymous)'),
  file: shownPath(file, root),
  line,
  category: categoryOf(name, file, line),
})

/** The folder to leave out of paths: the one that all of the variant's own files share. */
export const rootOf = ({ tree }: Calls): string =>
  commonRoot(tree.frames.flatMap(({ file }, at) => (tree.match[at] === 'only before' ? [] : [file])))

/** V8's names for time in which no function ran. It was sampled, but is not part of what functions cost. */
const isPseudo = ({ name, file }: Frame): boolean =>
  file === '' && (name === '(program)' || name === '(garbage collector)' || name === '(idle)')

const costOfFunctions = (frames: Frame[]) => {
  const counts = frames.map(frame => !isPseudo(frame))
  return (self: Float64Array): number => sum(self.filter((_, at) => counts[at]))
}

/** The functions whose share of all columns together is large enough for a row. */
function chosenFrames(columns: Float64Array[]): number[] {
  const least = CHOSEN_SHARE * sum(columns.map(sum))
  const costOf = (frame: number) => sum(columns.map(column => column[frame]!))
  return [...columns[0]!.keys()].filter(frame => costOf(frame) >= Math.max(least, Number.MIN_VALUE))
}

/** The frame's share of the pauses, in proportion to its values: the mean over samples. */
const sharedPauses = (self: Float64Array[], frame: number, pauses: number[]): number =>
  mean(self.map((values, at) => (values[frame]! / (sum(values) || 1)) * pauses[at]!))

/** Significant ones first, then by how far the interval is from zero, then by the estimate. */
function surestFirst(a: FrameChange, b: FrameChange): number {
  return (
    Number(b.significant) - Number(a.significant) ||
    atLeast(b) - atLeast(a) ||
    Math.abs(b.change.estimate) - Math.abs(a.change.estimate)
  )
}

/** The end of the interval that is nearest to zero; 0 when zero is inside. */
const atLeast = ({ change: { low, high } }: FrameChange): number => Math.max(0, low, -high)
