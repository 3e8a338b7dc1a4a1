/** Reads the first lines of functions, so that a report can show them wherever it is opened. */
import { readFile, stat } from 'node:fs/promises'
import type { SourceLines } from '../model/record.ts'

/** Of one function. */
const LINES = 8
const LINE_WIDTH = 160
/** Bytes; larger files are bundles, whose lines nobody reads. */
const LARGEST = 2 ** 21

/** What a profile says is a file may be any path at all: only what is a program's text by its name is opened. */
const SOURCE = /\.[cm]?[jt]sx?$/

/** @param places of functions, `line` from 1; a file that cannot be read is left out */
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
