/** Reads what a record keeps of functions: the lines that a report shows, and what their text says. */
import { readFile, stat } from 'node:fs/promises'
import { type Bodies, bodiesIn } from '../match/index.ts'
import { LINE_WIDTH, type SourceLines } from '../model/record.ts'
import { hashOf } from '../profile/index.ts'
import { withoutTypes } from '../words/javascript.ts'

/** Lines that are kept of a function, and of one whose end is not known. */
const MOST_LINES = 300
const LEAST_LINES = 8
/** Bytes. Larger files are bundles, whose lines nobody reads. */
const LARGEST = 2 ** 21

/** A profile can name any path as a file, so only names of program text are opened. */
const SOURCE = /\.[cm]?[jt]sx?$/

/** Where a function begins, counted from 1, whether its lines are kept, and the last one that must be. */
interface Place {
  file: string
  line: number
  column: number
  shown: boolean
  last: number
}

/**
 * Files that cannot be read are left out, and those that are not what was measured: lines would belong to another text.
 *
 * @param hashesOf a file when it was measured; none where nobody knows
 * @returns also the files that have changed, or are gone
 */
export async function readSources(
  places: Place[],
  hashesOf: (file: string) => string[] = () => [],
): Promise<{ sources: SourceLines[]; changed: string[] }> {
  const files = Map.groupBy(
    places.filter(({ file }) => SOURCE.test(file)),
    ({ file }) => file,
  )
  const changed: string[] = []
  const read = await Promise.all(
    [...files].map(async ([file, wanted]) => {
      const text = await textOf(file)
      if (text === TOO_LARGE) return []
      const is = text === undefined ? '' : hashOf(text)
      if (hashesOf(file).some(was => was !== is)) changed.push(file)
      if (text === undefined || changed.includes(file)) return []
      const lines = text.split(/\r?\n/)
      const bodies = bodiesOf(file, text)
      return wanted
        .filter(({ line }) => line <= lines.length)
        .map(({ line, column, shown, last }, at) => {
          const { lastLine = line + LEAST_LINES - 1, ...body } = bodies?.at(line, column) ?? {}
          const kept = shown ? excerpt(lines, line, Math.max(last, lastLine)) : []
          return {
            file,
            from: line,
            column,
            lines: kept,
            body: 'hash' in body ? body : undefined,
            marks: at === 0 ? bodies?.marks() : undefined,
          }
        })
    }),
  )
  return { sources: read.flat(), changed: changed.toSorted() }
}

const TOO_LARGE = Symbol('a bundle')

async function textOf(file: string): Promise<string | typeof TOO_LARGE | undefined> {
  try {
    const found = await stat(file)
    if (!found.isFile()) return undefined
    return found.size <= LARGEST ? await readFile(file, 'utf8') : TOO_LARGE
  } catch {
    // Generated code has a name and no file.
    return undefined
  }
}

/** A text that is not JavaScript is still shown. */
function bodiesOf(file: string, text: string): Bodies | undefined {
  try {
    return bodiesIn(/\.[cm]?ts$/.test(file) ? withoutTypes(text) : text)
  } catch {
    return undefined
  }
}

const excerpt = (text: string[], from: number, last: number): string[] =>
  text.slice(from - 1, Math.min(last, from - 1 + MOST_LINES)).map(it => it.slice(0, LINE_WIDTH).trimEnd())
