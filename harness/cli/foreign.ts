/** `compare` of results of other load engines. */
import { readdir, readFile, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import {
  compareForeign,
  ENGINES,
  type ForeignComparison,
  type ForeignRow,
  type ForeignRun,
  readForeign,
} from '../foreign/index.ts'
import { UsageError } from '../model/errors.ts'
import { signedPercent, value } from '../words/numbers.ts'
import { wrap } from '../words/text.ts'
import { type Host, widthOf } from './host.ts'

/** Bytes of a result. */
const MOST = 512 * 2 ** 20

/** `undefined` unless both sides are results of other engines. @throws UsageError when only one is, or one is damaged */
export async function foreignComparison(paths: string[], host: Host): Promise<ForeignComparison | undefined> {
  const sides = await Promise.all(paths.map(path => runsIn(resolve(host.cwd(), path))))
  const [before, after] = sides
  if (!before && !after) return undefined
  const own = paths[sides.indexOf(undefined)]
  if (before && after) return compareForeign(before, after)
  throw new UsageError('One side is a result of another load engine, and the other is not.', {
    place: own,
    advice: `Give two records, or results of ${ENGINES} on both sides.`,
  })
}

/** A file, or a folder of several runs; `undefined` where something is not a result of another engine. */
async function runsIn(path: string): Promise<ForeignRun[] | undefined> {
  const found = await stat(path).catch(() => undefined)
  if (!found) return undefined
  if (found.isFile()) return found.size > MOST ? undefined : runOf(path, await readFile(path, 'utf8'))
  const names = (await readdir(path)).filter(name => !name.startsWith('.')).sort()
  // A folder of a run of ours has its record.
  if (names.length === 0 || names.includes('record.json')) return undefined
  const runs: ForeignRun[] = []
  for (const name of names) {
    const inside = await runsIn(join(path, name))
    if (inside === undefined) return undefined
    runs.push(...inside)
  }
  return runs
}

function runOf(path: string, text: string): ForeignRun[] | undefined {
  try {
    const run = readForeign(text)
    return run && [run]
  } catch (cause) {
    throw new UsageError((cause as Error).message, {
      place: path,
      advice: 'Check that the file is whole, or run the engine again.',
      cause,
    })
  }
}

/** Lines that each end in a line feed. */
export function renderForeign({ rows, notes, before, after }: ForeignComparison, host: Host): string {
  const texts = rows.map(textsOf)
  const widths = [0, 1, 2, 3].map(column => Math.max(...texts.map(row => row[column]!.length)))
  const engines = [...new Set([...before, ...after].map(({ engine }) => engine))].join(', ')
  const table = texts.map(row =>
    `  ${row.map((text, at) => (at === 0 ? text.padEnd(widths[at]!) : text.padStart(widths[at]!))).join('  ')}`.trimEnd(),
  )
  const told = notes.flatMap(note =>
    wrap(note, Math.min(100, widthOf(host.stdout)) - 4).map(
      (line, at) => `${at === 0 ? '  - ' : '    '}${line}`,
    ),
  )
  return `Results of ${engines}, compared\n\n${table.join('\n')}\n\n${told.join('\n')}\n`
}

function textsOf({ title, unit, before, after, change: { estimate, low, high } }: ForeignRow): string[] {
  const interval =
    low === undefined || high === undefined ? '' : `${signedPercent(low)} to ${signedPercent(high)}`
  return [title, `${value(before, unit)} → ${value(after, unit)}`, signedPercent(estimate), interval]
}
