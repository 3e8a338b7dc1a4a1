/** The results file: a line of settings, then a line per outcome, appended as they come, so that nothing is lost. */
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const FILE = 'results.jsonl'

export interface Results<Settings, Outcome> {
  settings: Settings
  outcomes: Outcome[]
}

/** Starts a file; refuses to write over one. */
export function startResults(folder: string, settings: object): void {
  const path = join(folder, FILE)
  if (existsSync(path))
    throw new Error(`${path} is there already: go on with \`--resume\`, or choose another folder.`)
  mkdirSync(folder, { recursive: true })
  writeFileSync(path, `${JSON.stringify({ settings })}\n`)
}

export const appendOutcome = (folder: string, outcome: object): void =>
  appendFileSync(join(folder, FILE), `${JSON.stringify(outcome)}\n`)

/** Reads what an earlier validation has kept, and cuts off a last line that was only half written. */
export function resumeResults<Settings, Outcome>(folder: string): Results<Settings, Outcome> {
  const path = join(folder, FILE)
  if (!existsSync(path)) throw new Error(`There is nothing to resume: ${path} does not exist.`)
  const text = readFileSync(path, 'utf8')
  const whole = text.slice(0, text.lastIndexOf('\n') + 1)
  if (whole !== text) writeFileSync(path, whole)
  return parseResults(whole, path)
}

/** @throws Error with the number of the line that cannot be read */
function parseResults<Settings, Outcome>(text: string, path: string): Results<Settings, Outcome> {
  const [first, ...rest] = text
    .split('\n')
    .filter(line => line !== '')
    .map((line, at) => parseLine(line, `${path}:${at + 1}`))
  if (!first || !('settings' in first)) throw new Error(`${path} does not begin with its settings.`)
  return { settings: first.settings as Settings, outcomes: rest as Outcome[] }
}

function parseLine(line: string, place: string): Record<string, unknown> {
  try {
    return JSON.parse(line)
  } catch (cause) {
    throw new Error(`${place} is no JSON; delete the line to go on without it.`, { cause })
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
