/** What agents send, checked, because any code inside a target can send anything in their name. `as…` refuses the rest. */
import type { Stretches } from '../../../model/capabilities.ts'
import type { Pauses } from '../../../model/launch.ts'

/** What an agent read in its process or thread, by column. `null` where it has no such counter, or did not read it. */
export type AgentCounters = Record<string, number | null>

/** A script under one of the URLs that an agent was asked about. */
export interface Script {
  url: string
  /** Whether its text is the file's. */
  asOnDisk: boolean
  /** Its text otherwise; absent when it is too long, or its positions are shifted. */
  text?: string
  /** The source map that it carries, as a `data:` URL. */
  map?: string
}

export interface Scripts {
  /** URLs of all files that the thread has loaded. */
  loaded: string[]
  scripts: Script[]
}

/** The first message of an agent. */
export interface Hello {
  token: string
  pid: number
  threadId: number
  /** `process.versions` */
  versions: Record<string, string>
}

export interface AgentReply {
  id: number
  result?: unknown
  error?: string
}

/** Entries of `process.versions`, and characters of one. */
const MOST_VERSIONS = 100
const LONGEST_VERSION = 100
/** Characters of an error. */
const LONGEST_ERROR = 1_000

/** Counters of one reading, and characters of a name. */
const MOST_COUNTERS = 200
const LONGEST_NAME = 100

/** @returns undefined for anything but an object */
export function parseLine(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

export function asHello({ token, pid, threadId, versions }: Record<string, unknown>): Hello | undefined {
  const known =
    typeof token === 'string' &&
    isCount(pid) &&
    isCount(threadId) &&
    isObject(versions) &&
    Object.keys(versions).length <= MOST_VERSIONS &&
    Object.values(versions).every(text => typeof text === 'string' && text.length <= LONGEST_VERSION)
  return known ? { token, pid, threadId, versions: versions as Record<string, string> } : undefined
}

export function asReply({ id, result, error }: Record<string, unknown>): AgentReply | undefined {
  if (!isCount(id)) return undefined
  if (error === undefined) return { id, result }
  return {
    id,
    error: typeof error === 'string' ? error.slice(0, LONGEST_ERROR) : 'it failed without an error message',
  }
}

export function asCounters(value: unknown): AgentCounters {
  const entries = isObject(value) ? Object.entries(value) : []
  const isValid =
    entries.length > 0 &&
    entries.length <= MOST_COUNTERS &&
    entries.every(
      ([name, count]) => name.length <= LONGEST_NAME && (count === null || Number.isFinite(count)),
    )
  if (!isValid) throw new Error('it sent no counters')
  return value as AgentCounters
}

/** Drops figures that are not finite: the mean of no values is not a number. */
export function asFigures(value: unknown): Record<string, number> {
  if (!isObject(value)) throw new Error('it sent no figures')
  const figures = Object.entries(value).filter(([, figure]) => Number.isFinite(figure))
  return Object.fromEntries(figures) as Record<string, number>
}

export function asPauses(value: unknown): Pauses {
  // Starting the watch returns an empty object.
  const { kind = [], duration = [], before = [], after = [], at } = isObject(value) ? value : {}
  const columns = [duration, before, after, ...(at === undefined ? [] : [at])]
  const known = isObject(value) && isTexts(kind) && columns.every(column => isColumn(column, kind.length))
  if (!known) throw new Error('it sent no pauses')
  return { kind, duration, before, after, at } as Pauses
}

export function asStretches(value: unknown): Stretches {
  const { from, to } = isObject(value) ? value : {}
  if (!Array.isArray(from) || !isColumn(from, from.length) || !isColumn(to, from.length))
    throw new Error('it sent no stretches of time')
  return { from, to } as Stretches
}

export function asScripts(value: unknown): Scripts {
  const { loaded, scripts } = isObject(value) ? value : {}
  if (!isTexts(loaded) || !Array.isArray(scripts) || !scripts.every(isScript))
    throw new Error('it sent no list of scripts')
  return { loaded, scripts }
}

const isScript = (value: unknown): value is Script =>
  isObject(value) &&
  typeof value.url === 'string' &&
  typeof value.asOnDisk === 'boolean' &&
  ['undefined', 'string'].includes(typeof value.text) &&
  ['undefined', 'string'].includes(typeof value.map)

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every(text => typeof text === 'string')

const isColumn = (value: unknown, length: number): boolean =>
  Array.isArray(value) && value.length === length && value.every(Number.isFinite)

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0
