/** Reads what a record keeps of functions: the lines that a report shows, and what their text says. */
import { readFile, stat } from 'node:fs/promises'
import { stripTypeScriptTypes } from 'node:module'
import { type Bodies, bodiesIn } from '../match/index.ts'
import type { SourceLines } from '../model/record.ts'

/** Lines and characters that are kept of a function. */
const LINES = 8
const LINE_WIDTH = 160
/** Bytes. Larger files are bundles, whose lines nobody reads. */
const LARGEST = 2 ** 21

/** A profile can name any path as a file, so only names of program text are opened. */
const SOURCE = /\.[cm]?[jt]sx?$/

/** Where a function begins, counted from 1, and whether its lines are kept. */
interface Place {
  file: string
  line: number
  column: number
  shown: boolean
}

/** Files that cannot be read are left out. */
export async function readSources(places: Place[]): Promise<SourceLines[]> {
  const files = Map.groupBy(places, ({ file }) => file)
  const read = await Promise.all(
    [...files].map(async ([file, wanted]) => {
      const text = await textOf(file)
      const lines = text.split(/\r?\n/)
      const bodies = bodiesOf(file, text)
      return wanted
        .filter(({ line }) => text !== '' && line <= lines.length)
        .map(({ line, column, shown }, at) => ({
          file,
          from: line,
          column,
          lines: shown ? excerpt(lines, line) : [],
          body: bodies?.at(line, column),
          marks: at === 0 ? bodies?.marks() : undefined,
        }))
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
function bodiesOf(file: string, text: string): Bodies | undefined {
  try {
    return bodiesIn(/\.[cm]?ts$/.test(file) ? withoutTypes(text) : text)
  } catch {
    return undefined
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

const excerpt = (text: string[], line: number): string[] =>
  text.slice(line - 1, line - 1 + LINES).map(it => it.slice(0, LINE_WIDTH).trimEnd())
