/** The functions whose source a report shows or compares, and what was read of them. */
import type { Texts } from '../match/index.ts'
import type { Evidence } from '../model/evidence.ts'
import type { SourceLines } from '../model/record.ts'
import { buildCallTree, type Frame, functionTable, isEditable } from '../profile/index.ts'
import { sum } from '../stats/describe.ts'
import { type Decode, isOutside } from './profiles.ts'

/** Functions of a subject and collector: with fewer, large ones are missing; with more, records only grow. */
const MOST_COMPARED = 500
const MOST_SHOWN = 80

/** Where a function begins. */
export interface SourcePlace {
  /** Absolute path. */
  file: string
  /** From 1. */
  line: number
  column: number
  /** Whether a report shows its lines. */
  shown: boolean
}

/** Where the most expensive functions begin, callees included, with the file names of the launches. */
export function placesToRead({ subjects, collectors, samples }: Evidence, decode: Decode): SourcePlace[] {
  const places = new Map<string, SourcePlace>()
  for (const { id } of subjects)
    for (const collector of collectors) {
      const own = samples.filter(({ subject }) => subject === id)
      const profiles = own.flatMap(({ collected }) => decode(collected[collector]) ?? [])
      const tree = buildCallTree(profiles, { without: isOutside })
      const { total } = functionTable(tree)
      const cost = (frame: number) => sum(total.map(column => column[frame]!))
      const frames = [...tree.frames.keys()].filter(frame => isReadable(tree.frames[frame]!))
      for (const [rank, frame] of frames
        .toSorted((a, b) => cost(b) - cost(a))
        .slice(0, MOST_COMPARED)
        .entries()) {
        const { file, line, column } = tree.frames[frame]!
        const key = placeKey(file, line, column)
        const shown = rank < MOST_SHOWN || places.get(key)?.shown === true
        places.set(key, { file, line, column, shown })
      }
    }
  return [...places.values()]
}

const isReadable = (frame: Frame) =>
  isEditable(frame) && frame.line > 0 && /^(\/|[A-Za-z]:\/)/.test(frame.file)

const placeKey = (file: string, line: number, column = 0) => `${file}\n${line}:${column}`

export type SourceOf = (place: Pick<Frame, 'file' | 'line' | 'column'>) => SourceLines | undefined

/** Finds what was read of a function. Older records know only the line. */
export function sourceFinder(sources: SourceLines[] = []): SourceOf {
  const known = new Map(sources.map(lines => [placeKey(lines.file, lines.from, lines.column), lines]))
  return ({ file, line, column }) =>
    known.get(placeKey(file, line, column)) ?? known.get(placeKey(file, line))
}

/** What aligning functions reads of the same. */
export function textsOf(sources: SourceLines[] = []): Texts {
  const sourceOf = sourceFinder(sources)
  const marks = new Map(sources.flatMap(({ file, marks }) => (marks === undefined ? [] : [[file, marks]])))
  return { bodyOf: frame => sourceOf(frame)?.body, marksOf: file => marks.get(file) }
}
