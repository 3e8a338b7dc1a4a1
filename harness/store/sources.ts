/** Reads the first lines of functions, so that a report can show them on any machine. */
import { readFile, stat } from 'node:fs/promises'
import type { SourceLines } from '../model/record.ts'

/** Lines and characters that are kept of a function. */
const LINES = 8
const LINE_WIDTH = 160
/** Bytes. Larger files are bundles, whose lines nobody reads. */
const LARGEST = 2 ** 21

/** A profile can name any path as a file, so only names of program text are opened. */
const SOURCE = /\.[cm]?[jt]sx?$/

/** @param places where functions begin, `line` from 1; files that cannot be read are left out */
export async function readSources(places: { file: string; line: number }[]): Promise<SourceLines[]> {
  const files = Map.groupBy(places, ({ file }) => file)
  const read = await Promise.all(
    [...files].map(async ([file, wanted]) => {
      const text = await linesOf(file)
      return wanted.flatMap(({ line }) =>
        line <= text.length ? [{ file, from: line, lines: excerpt(text, line) }] : [],
      )
    }),
  )
  return read.flat()
}

async function linesOf(file: string): Promise<string[]> {
  if (!SOURCE.test(file)) return []
  try {
    const found = await stat(file)
    return found.isFile() && found.size <= LARGEST ? (await readFile(file, 'utf8')).split(/\r?\n/) : []
  } catch {
    // Generated code has a name and no file, and a checkout may be gone by now.
    return []
  }
}

const excerpt = (text: string[], line: number): string[] =>
  text.slice(line - 1, line - 1 + LINES).map(it => it.slice(0, LINE_WIDTH).trimEnd())
