/** The results file: a line of settings, then a line per measurement, each written at once so that none is lost. */
import { appendFileSync, existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { UsageError } from '../harness/model/errors.ts'
import type { Context } from './experiment.ts'
import type { FlagTable } from './flags.ts'

const FILE = 'results.jsonl'

/** For experiments that can continue after an interruption. */
export const RESUMABLE: FlagTable = {
  output: { value: 'FOLDER', help: 'for the results (.bench/validate-<name>/<time>)' },
  resume: { help: 'continues the newest results, or those in --output' },
}

export interface Results<Settings, Line> {
  folder: string
  settings: Settings
  lines: Line[]
}

/** New results with these settings, or with `--resume` earlier ones with their own settings. Never overwrites any. */
export function openResults<Settings extends object, Line>(
  { flags, folder }: Pick<Context, 'flags' | 'folder'>,
  settings: Settings,
): Results<Settings, Line> {
  if (flags.on('resume')) {
    const kept = flags.text('output') ?? newestResults(dirname(folder))
    if (kept === undefined) throw new UsageError(`There is nothing to resume in ${dirname(folder)}.`)
    return resumeResults(kept)
  }
  const path = join(folder, FILE)
  if (existsSync(path))
    throw new UsageError(`${path} already exists: continue with \`--resume\`, or choose another folder.`)
  mkdirSync(folder, { recursive: true })
  appendResult(folder, { settings })
  return { folder, settings, lines: [] }
}

export const appendResult = (folder: string, line: object): void =>
  appendFileSync(join(folder, FILE), `${JSON.stringify(line)}\n`)

/** Reads earlier results, and cuts off a last line that was only half written. */
export function resumeResults<Settings, Line>(folder: string): Results<Settings, Line> {
  const path = join(folder, FILE)
  if (!existsSync(path)) throw new UsageError(`There is nothing to resume: ${path} does not exist.`)
  const text = readFileSync(path, 'utf8')
  const whole = text.slice(0, text.lastIndexOf('\n') + 1)
  if (whole !== text) writeFileSync(path, whole)
  const [first, ...lines] = whole
    .split('\n')
    .filter(Boolean)
    .map((line, at) => parseLine(line, `${path}:${at + 1}`))
  if (!first || !('settings' in first)) throw new UsageError(`${path} does not begin with its settings.`)
  return { folder, settings: first.settings as Settings, lines: lines as Line[] }
}

function parseLine(line: string, place: string): Record<string, unknown> {
  try {
    return JSON.parse(line)
  } catch (cause) {
    throw new UsageError(`${place} is not JSON; delete the line to go on without it.`, { cause })
  }
}

/** The newest folder with results; folders are named after their time. */
export const newestResults = (parent: string): string | undefined =>
  globSync(`*/${FILE}`, { cwd: parent })
    .map(path => join(parent, dirname(path)))
    .toSorted()
    .at(-1)
