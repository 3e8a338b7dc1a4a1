/** Checks what agents send, because any code inside a target can send anything in their name. */
import type { Stretches } from '../../../model/capabilities.ts'
import type { Pauses } from '../../../model/launch.ts'
import type { FollowedRequests } from '../../../model/waits.ts'
import { isFollowedRequests } from '../../../waits/followed.ts'

/** What an agent read in its process or thread, by column. `null` where it has no such counter, or did not read it. */
export type AgentCounters = Record<string, number | null>

/** A script under one of the URLs that an agent was asked about. */
export interface Script {
  url: string
  /** Whether its text is the file's. */
  asOnDisk: boolean
  /** Its text otherwise; absent when it is too long, or its positions are shifted. */
  text?: string
  /** Where its source map is: a `data:` URL that holds it, or a URL relative to the script's. */
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

/** Entries of `process.versions`, and counters of one reading. */
const MOST_VERSIONS = 100
const MOST_COUNTERS = 200
/** Characters of a name or a version, and of an error. */
const LONGEST_NAME = 100
const LONGEST_ERROR = 1_000

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
    Object.values(versions).every(text => typeof text === 'string' && text.length <= LONGEST_NAME)
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

/** @throws Error when it is not a valid object */
function checked<T>(what: string, value: unknown, isValid: (value: Record<string, unknown>) => boolean): T {
  if (!isObject(value) || !isValid(value)) throw new Error(`it sent no ${what}`)
  return value as T
}

export const asCounters = (value: unknown) =>
  checked<AgentCounters>('counters', value, counters => {
    const entries = Object.entries(counters)
    if (entries.length === 0 || entries.length > MOST_COUNTERS) return false
    return entries.every(
      ([name, count]) => name.length <= LONGEST_NAME && (count === null || Number.isFinite(count)),
    )
  })

/** Drops figures that are not finite: the mean of no values is not a number. */
export function asFigures(value: unknown): Record<string, number> {
  const all = checked<Record<string, number>>('figures', value, () => true)
  return Object.fromEntries(Object.entries(all).filter(([, figure]) => Number.isFinite(figure)))
}

export function asPauses(value: unknown): Pauses {
  // Starting the watch returns an empty object.
  const { kind = [], duration = [], before = [], after = [], at } = isObject(value) ? value : {}
  const columns = [duration, before, after, ...(at === undefined ? [] : [at])]
  const known = isObject(value) && isTexts(kind) && columns.every(column => isColumn(column, kind.length))
  if (!known) throw new Error('it sent no pauses')
  return { kind, duration, before, after, at } as Pauses
}

export const asStretches = (value: unknown) =>
  checked<Stretches>(
    'stretches of time',
    value,
    ({ from, to }) => Array.isArray(from) && [from, to].every(column => isColumn(column, from.length)),
  )

/** Starting the watch returns an empty object. */
export function asFollowedRequests(value: unknown): FollowedRequests {
  if (isObject(value) && Object.keys(value).length === 0) return NOTHING_FOLLOWED
  if (!isFollowedRequests(value)) throw new Error('it sent no requests')
  return value
}

const NOTHING_FOLLOWED: FollowedRequests = {
  began: 0,
  seen: 0,
  requests: [],
  causes: [],
  stacks: [],
  frames: [],
  pauses: { from: [], to: [] },
  pool: { threads: 0, busy: {}, time: 0 },
}

export const asScripts = (value: unknown) =>
  checked<Scripts>(
    'list of scripts',
    value,
    ({ loaded, scripts }) => isTexts(loaded) && Array.isArray(scripts) && scripts.every(isScript),
  )

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
