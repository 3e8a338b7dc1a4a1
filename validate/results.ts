/** The file of results: a line of settings, then a line per measurement, appended at once so that nothing is lost. */
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { UsageError } from '../harness/model/errors.ts'
import type { Context } from './experiment.ts'
import type { FlagTable } from './flags.ts'

const FILE = 'results.jsonl'

/** For experiments that go on after an interruption. */
export const RESUMABLE: FlagTable = {
  output: { value: 'FOLDER', help: 'for the results (.bench/validate-<name>/<time>)' },
  resume: { help: 'goes on with the newest results, or with those of --output' },
}

export interface Results<Settings, Line> {
  folder: string
  settings: Settings
  lines: Line[]
}

/** New results with these settings, or with `--resume` the kept ones with their own. */
export function openResults<Settings extends object, Line>(
  { flags, folder }: Pick<Context, 'flags' | 'folder'>,
  settings: Settings,
): Results<Settings, Line> {
  if (!flags.on('resume')) {
    startResults(folder, settings)
    return { folder, settings, lines: [] }
  }
  const kept = flags.text('output') ?? newestResults(dirname(folder))
  if (kept === undefined) throw new UsageError(`There is nothing to resume in ${dirname(folder)}.`)
  return resumeResults(kept)
}

/** Starts a file; refuses to overwrite one. */
function startResults(folder: string, settings: object): void {
  const path = join(folder, FILE)
  if (existsSync(path))
    throw new UsageError(`${path} already exists: go on with \`--resume\`, or choose another folder.`)
  mkdirSync(folder, { recursive: true })
  writeFileSync(path, `${JSON.stringify({ settings })}\n`)
}

export const appendResult = (folder: string, line: object): void =>
  appendFileSync(join(folder, FILE), `${JSON.stringify(line)}\n`)

/**
 * Reads what was kept, and cuts off a last line that was only half written.
 *
 * @throws UsageError with the number of the line that cannot be read
 */
export function resumeResults<Settings, Line>(folder: string): Results<Settings, Line> {
  const path = join(folder, FILE)
  if (!existsSync(path)) throw new UsageError(`There is nothing to resume: ${path} does not exist.`)
  const text = readFileSync(path, 'utf8')
  const whole = text.slice(0, text.lastIndexOf('\n') + 1)
  if (whole !== text) writeFileSync(path, whole)
  const [first, ...lines] = whole
    .split('\n')
    .filter(line => line !== '')
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
export function newestResults(parent: string): string | undefined {
  if (!existsSync(parent)) return undefined
  const name = readdirSync(parent)
    .filter(entry => existsSync(join(parent, entry, FILE)))
    .sort()
    .at(-1)
  return name === undefined ? undefined : join(parent, name)
}
