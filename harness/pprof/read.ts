/** Any profile, told apart by its content; names and extensions are not looked at. */
import type { Profile } from '../model/profile.ts'
import { profileInTrace, traceEvents } from './chrome-trace.ts'
import { readCpuProfile } from './cpuprofile.ts'
import { ProfileError } from './error.ts'
import { readFolded } from './folded.ts'
import { DEFAULT_LIMITS, gunzipIfNeeded, type Limits } from './gzip.ts'
import { readHeapProfile } from './heapprofile.ts'
import { isPerfScript, readPerfScript } from './perf-script.ts'
import { decodePprof } from './pprof-read.ts'
import { legacyFormat } from './pprof-wire.ts'
import type { Repairs } from './repair.ts'
import { isSpeedscope, readSpeedscope } from './speedscope.ts'
import { textIn } from './text.ts'
import { isObject, type Json } from './v8-tree.ts'

export type Format =
  | 'pprof'
  | 'cpuprofile'
  | 'heapprofile'
  | 'folded'
  | 'speedscope'
  | 'perf script'
  | 'Chrome trace'

export interface ReadProfile {
  format: Format
  profile: Profile
  /** Where the format has times. */
  repairs?: Repairs
  /** When it began, in ms of its machine's clock since boot, where the format knows. */
  start?: number
  /** A sentence about what was left out of the file. */
  note?: string
}

/** @throws ProfileError that says what the bytes are when they are not a profile, or a damaged or empty one */
export function readProfile(bytes: Uint8Array, limits: Limits = DEFAULT_LIMITS): ReadProfile {
  const content = gunzipIfNeeded(bytes, limits)
  const legacy = legacyFormat(content)
  if (legacy) throw new ProfileError(legacy)
  const text = textIn(content)
  const read =
    text === null ? { format: 'pprof' as const, profile: decodePprof(content, limits) } : readText(text)
  if (read.profile.samples.stack.length === 0)
    throw new ProfileError(`The profile (${read.format}) has no samples: nothing was recorded in it.`)
  return read
}

function readText(text: string): ReadProfile {
  const start = text.trimStart()[0]
  if (start === undefined) throw new ProfileError('The profile is empty (white space only).')
  if (start === '{' || start === '[') return readJson(parseJson(text))
  if (start === '<') throw new ProfileError('This is HTML, XML or SVG, not a profile.')
  if (/^v8-version,|^shared-library,/.test(text))
    throw new ProfileError(
      "This is V8's log (node --prof); record the profile with --cpu-prof, which needs no processing.",
    )
  if (isPerfScript(text)) return { format: 'perf script', profile: readPerfScript(text) }
  return { format: 'folded', profile: readFolded(text) }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new ProfileError(`The JSON is damaged or truncated: ${why.slice(0, 200)}.`, { cause: error })
  }
}

function readJson(raw: unknown): ReadProfile {
  const events = traceEvents(raw)
  if (events) {
    const { raw: own, ...rest } = profileInTrace(events)
    return { format: 'Chrome trace', ...readCpuProfile(own), ...rest }
  }
  if (!isObject(raw)) throw unknown([])
  if (isSpeedscope(raw)) return { format: 'speedscope', profile: readSpeedscope(raw) }
  if (Array.isArray(raw.nodes) && !isSnapshot(raw)) {
    const start = Number(raw.startTime) / 1000
    return { format: 'cpuprofile', ...readCpuProfile(raw), ...(Number.isFinite(start) && { start }) }
  }
  if (isObject(raw.head) && 'selfSize' in raw.head)
    return { format: 'heapprofile', profile: readHeapProfile(raw) }
  if (isObject(raw.head)) return { format: 'cpuprofile', ...readCpuProfile(raw) }
  if (isSnapshot(raw))
    throw new ProfileError('This is a heap snapshot, not a sampled profile; record a .heapprofile instead.')
  if (isObject(raw.meta) && Array.isArray(raw.threads))
    throw new ProfileError(
      'This is a profile of the Firefox Profiler, which cannot be read here; record the service with --cpu-prof.',
    )
  throw unknown(Object.keys(raw))
}

const isSnapshot = (raw: Json): boolean => isObject(raw.snapshot)

function unknown(keys: string[]): ProfileError {
  const seen = keys.length > 0 ? ` (its keys: ${keys.slice(0, 8).join(', ')})` : ''
  return new ProfileError(
    `This JSON is not a profile that is known here${seen}; it must be a .cpuprofile, a .heapprofile, a Chrome trace or speedscope.`,
  )
}
