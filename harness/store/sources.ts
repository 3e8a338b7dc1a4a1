/** Reads what a record keeps of functions: the lines that a report shows, and what their text says. */
import { readFile, stat } from 'node:fs/promises'
import { stripTypeScriptTypes } from 'node:module'
import { type BodyAt, bodiesIn } from '../match/index.ts'
import type { SourceLines } from '../model/record.ts'

/** Lines that are kept of a function, and of one whose end is not known. */
const MOST_LINES = 150
const LEAST_LINES = 8
/** Characters that are kept of a line. */
const LINE_WIDTH = 160
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

/** Files that cannot be read are left out. */
export async function readSources(places: Place[]): Promise<SourceLines[]> {
  const files = Map.groupBy(places, ({ file }) => file)
  const read = await Promise.all(
    [...files].map(async ([file, wanted]) => {
      const text = await textOf(file)
      const lines = text.split(/\r?\n/)
      const bodyAt = bodiesOf(file, text)
      return wanted
        .filter(({ line }) => text !== '' && line <= lines.length)
        .map(({ line, column, shown, last }) => {
          const { lastLine = line + LEAST_LINES - 1, ...body } = bodyAt(line, column) ?? {}
          const kept = shown ? excerpt(lines, line, Math.max(last, lastLine)) : []
          return { file, from: line, column, lines: kept, body: 'hash' in body ? body : undefined }
        })
    }),
  )
  return read.flat()
}

async function textOf(file: string): Promise<string> {
  if (!SOURCE.test(file)) return ''
  try {
    const found = await stat(file)
    return found.isFile() && found.size <= LARGEST ? await readFile(file, 'utf8') : ''
  } catch {
    // Generated code has a name and no file, and a checkout may be gone by now.
    return ''
  }
}

/** A text that is not JavaScript is still shown. */
function bodiesOf(file: string, text: string): BodyAt {
  try {
    return bodiesIn(/\.[cm]?ts$/.test(file) ? withoutTypes(text) : text)
  } catch {
    return () => undefined
  }
}

/** Types become blanks, so every function keeps its place. Node warns that it may change how it does this. */
function withoutTypes(text: string): string {
  const { emitWarning } = process
  process.emitWarning = () => {}
  try {
    return stripTypeScriptTypes(text)
  } finally {
    process.emitWarning = emitWarning
  }
}

const excerpt = (text: string[], from: number, last: number): string[] =>
  text.slice(from - 1, Math.min(last, from - 1 + MOST_LINES)).map(it => it.slice(0, LINE_WIDTH).trimEnd())
