/** Functions whose cost changed, with the evidence. */
import type { Sides } from '../model/comparison.ts'
import type { Pairing } from '../model/evidence.ts'
import type { Budget, FrameChange } from '../model/flame.ts'
import { categoryOf, commonRoot, type Frame, functionTable, shownPath } from '../profile/index.ts'
import { CONFIDENCE } from '../stats/centre.ts'
import { mean, measured, sum } from '../stats/describe.ts'
import type { Calls } from './calls.ts'
import { INFERENCES, isSignificant, type Values } from './inference.ts'

/** Functions are chosen by their share of both sides together, which is independent of the difference. */
const CHOSEN_SHARE = 0.005

/** Where nothing was repeated, any change can be chance. */
export const UNKNOWN = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY }

/**
 * The chosen functions, the most certain change first, as fractions of what the baseline costs: in the same
 * round, or on average where samples are independent. A single round has no rows, because nothing tells a change from
 * chance. All functions of a pair are tested together.
 */
export function functionChanges(calls: Calls, seed: number): FrameChange[] {
  const { variant, baseline, collector, pairing, blames, tree, collecting } = calls
  const bases = basesOf(calls)
  if (!bases) return []
  const before = functionTable({ ...tree, self: calls.before })
  const after = functionTable({ ...tree, self: calls.after })
  const chosen = chosenFrames([...before.self, ...after.self])
  const valuesOf = (column: 'self' | 'total') =>
    chosen.map(frame => sharesOf(frame, before[column], after[column], bases))
  const changes = testedChanges(valuesOf('self'), pairing, blames ? seed : null)
  const totals = testedChanges(valuesOf('total'), pairing, blames && pairing === 'rounds' ? seed : null)
  const root = rootOf(calls)
  const rows = chosen.map((frame, row): FrameChange => {
    const costIn = (columns: Float64Array[]) => costOf(frame, columns, bases)
    const { change, p, significant } = totals[row]!
    return {
      variant,
      baseline,
      collector,
      ...namedFrame(tree.frames[frame]!, root),
      before: costIn(before.self),
      after: costIn(after.self),
      totalBefore: costIn(before.total),
      totalAfter: costIn(after.total),
      ...changes[row]!,
      withCallees: p === null ? undefined : { change, p, significant },
      match: tree.match[frame]!,
      collecting: collecting && {
        before: sharedPauses(before.self, frame, collecting.before),
        after: sharedPauses(after.self, frame, collecting.after),
      },
    }
  })
  return rows.sort(surestFirst)
}

/**
 * What changes are fractions of, for each sample: in rounds what the baseline cost in the same round, otherwise
 * their mean. `null` where nothing can be a fraction, or nothing tells a change from chance.
 */
export function basesOf(calls: Calls): number[] | null {
  const paired = calls.pairing === 'rounds'
  if (paired && calls.before.length < 2) return null
  const costs = calls.base ?? calls.before.map(costOfFunctions(calls.tree.frames))
  const bases = paired
    ? costs
    : new Array(Math.max(calls.before.length, calls.after.length)).fill(mean(costs))
  return bases.every(base => base > 0 && Number.isFinite(base)) ? bases : null
}

/** One entry of the columns of each sample, as fractions. */
export const sharesOf = (
  at: number,
  before: ArrayLike<number>[],
  after: ArrayLike<number>[],
  bases: number[],
): Values => ({
  before: before.map((column, sample) => column[at]! / bases[sample]!),
  after: after.map((column, sample) => column[at]! / bases[sample]!),
})

/** What one entry of the columns costs on average, so that its change is a share of the mean base. */
export const costOf = (at: number, columns: ArrayLike<number>[], bases: number[]): number =>
  mean(bases) * mean(columns.map((values, sample) => values[at]! / bases[sample]!))

/** The change of each row. Without a seed nothing is tested, and no p is known. */
export function testedChanges(rows: Values[], pairing: Pairing, seed: number | null) {
  const { interval, test } = INFERENCES[pairing]
  const tested = seed === null ? null : test(rows, seed)
  return rows.map((values, row) => {
    const p = tested?.p[row] ?? null
    return {
      change: {
        estimate: mean(values.after) - mean(values.before),
        ...(interval(values) ?? UNKNOWN),
        confidence: CONFIDENCE,
      },
      p,
      significant: isSignificant(p),
      detectable: tested?.detectable[row] ?? null,
    }
  })
}

/** Whether the rows explain the change of the whole; `rest` is small functions, other threads and chance. */
export function budgetOf(calls: Calls, rows: FrameChange[]): Budget {
  const { variant, collector, unit } = calls
  const functions = sum(rows.map(({ before, after }) => after - before))
  const { before, after } = wholeOf(calls)
  const whole = after - before
  return { variant, collector, unit, functions, whole, rest: whole - functions }
}

/** What both sides cost: as the metric says, or else the counters, or else what was sampled. */
export function wholeOf(calls: Calls): Sides {
  if (calls.figures) return calls.figures
  const [before, after] = [calls.whole.before, calls.whole.after].map(measured)
  const counted = before!.length === calls.before.length && after!.length === calls.after.length
  return counted
    ? { before: mean(before!), after: mean(after!) }
    : { before: mean(calls.before.map(sum)), after: mean(calls.after.map(sum)) }
}

/** A frame as it is shown, without the folder that all files of the application share. */
export const namedFrame = (frame: Frame, root: string) => ({
  function: functionName(frame),
  file: shownPath(frame.file, root),
  line: frame.line,
  category: categoryOf(frame.name, frame.file, frame.line),
})

export const functionName = ({ name, line, column }: Frame): string =>
  name || (line > 0 ? `(anonymous ${line}:${column})` : '(anonymous)')

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
  const inAll = new Float64Array(columns[0]!.length)
  for (const column of columns)
    for (let frame = 0; frame < inAll.length; frame++) inAll[frame]! += column[frame]!
  const least = Math.max(CHOSEN_SHARE * sum(inAll), Number.MIN_VALUE)
  return [...inAll.keys()].filter(frame => inAll[frame]! >= least)
}

/** The frame's share of the pauses, in proportion to its values: the mean over samples. */
const sharedPauses = (self: Float64Array[], frame: number, pauses: number[]): number =>
  mean(self.map((values, at) => (values[frame]! / (sum(values) || 1)) * pauses[at]!))

/**
 * Significant ones first, then by how far the interval is from zero, then by the estimate. Without a test there are too few
 * samples for their intervals to say which is surer.
 */
function surestFirst(a: FrameChange, b: FrameChange): number {
  const bySize = Math.abs(b.change.estimate) - Math.abs(a.change.estimate)
  if (a.p === null && b.p === null) return bySize
  return Number(b.significant) - Number(a.significant) || atLeast(b) - atLeast(a) || bySize
}

/** The end of the interval that is nearest to zero; 0 when zero is inside. */
const atLeast = ({ change: { low, high } }: FrameChange): number => Math.max(0, low, -high)
