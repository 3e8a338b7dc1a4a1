/** The text of a function in both versions, line by line, with what each line costs by itself. */
import type { Sides } from '../model/comparison.ts'
import type { FunctionText } from '../model/flame.ts'
import type { SourceLines } from '../model/record.ts'
import type { Frame, LineTable } from '../profile/index.ts'
import { mean } from '../stats/describe.ts'
import type { SourceOf } from './sources.ts'

/** A function as one side has it. */
export interface SideText {
  source?: SourceLines
  /** Self per request of each line, over all calls, mean over samples. Line 0: not known. */
  self: Map<number, number>
}

/** Lines from a function's beginning that are shown whatever they cost. */
const EXCERPT = 8

/** By function of the tree. */
export function sideTexts(frames: Frame[], lines: LineTable, sourceOf: SourceOf): SideText[] {
  const texts = frames.map((frame): SideText => ({ source: sourceOf(frame), self: new Map() }))
  lines.frame.forEach((frame, at) => {
    const self = mean(lines.self.map(column => column[at]!))
    if (self > 0) texts[frame]!.self.set(lines.line[at]!, self)
  })
  return texts
}

/** `undefined` where neither side's source was read. */
export function functionText({ before, after }: Partial<Sides<SideText>>): FunctionText | undefined {
  const [was, is] = [linesOf(before), linesOf(after)]
  if (was.length + is.length === 0) return undefined
  const rows = sameLines(was, is).filter(row =>
    [row.before, row.after].some(line => line && (line.self > 0 || line.at < EXCERPT)),
  )
  return {
    rows: rows.map(({ before, after }) => ({
      text: (after ?? before)!.text,
      ...(before && { before: { line: before.line, self: before.self } }),
      ...(after && { after: { line: after.line, self: after.self } }),
    })),
    rest: { before: restOf(before), after: restOf(after) },
  }
}

interface Line {
  text: string
  /** In the file, from 1. */
  line: number
  /** In the function, from 0. */
  at: number
  self: number
}

const linesOf = ({ source, self }: SideText = { self: new Map() }): Line[] =>
  (source?.lines ?? []).map((text, at) => {
    const line = source!.from + at
    return { text, line, at, self: self.get(line) ?? 0 }
  })

/** The cost of lines that are not known, or whose text was not kept. */
function restOf({ source, self }: SideText = { self: new Map() }): number {
  const [from, count] = [source?.from ?? 0, source?.lines.length ?? 0]
  let rest = 0
  for (const [line, cost] of self) if (line < from || line >= from + count) rest += cost
  return rest
}

/** Both texts in one order. As many lines as possible are paired with one that says the same, whatever its indentation. */
function sameLines(before: Line[], after: Line[]): Partial<Sides<Line>>[] {
  const isSame = (a: number, b: number) => before[a]!.text.trim() === after[b]!.text.trim()
  // `longest[a][b]`: how many lines can be paired from line a of one text and line b of the other on.
  const longest = Array.from({ length: before.length + 1 }, () => new Uint16Array(after.length + 1))
  for (let a = before.length - 1; a >= 0; a--)
    for (let b = after.length - 1; b >= 0; b--)
      longest[a]![b] = isSame(a, b)
        ? longest[a + 1]![b + 1]! + 1
        : Math.max(longest[a + 1]![b]!, longest[a]![b + 1]!)
  const rows: Partial<Sides<Line>>[] = []
  let [a, b] = [0, 0]
  while (a < before.length || b < after.length) {
    if (a < before.length && b < after.length && isSame(a, b))
      rows.push({ before: before[a++]!, after: after[b++]! })
    else if (b === after.length || (a < before.length && longest[a + 1]![b]! >= longest[a]![b + 1]!))
      rows.push({ before: before[a++]! })
    else rows.push({ after: after[b++]! })
  }
  return rows
}
