/** The functions whose source a report shows, and their lines in the record. */
import type { SourceLines } from '../model/record.ts'
import { functionTable } from '../profile/index.ts'
import { sum } from '../stats/describe.ts'
import type { Calls } from './calls.ts'
import type { SourceOf } from './flames.ts'

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
