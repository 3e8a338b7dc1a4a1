/** Any profile, told apart by its content; names and extensions are not looked at. */
import type { Profile } from '../model/profile.ts'
import { ProfileError } from '../profile/error.ts'
import { readFolded } from './folded.ts'
import { DEFAULT_LIMITS, gunzipIfNeeded, type Limits } from './gzip.ts'
import { isPerfScript, readPerfScript } from './perf-script.ts'
import { decodePprof } from './pprof/read.ts'
import { legacyFormat } from './pprof/wire.ts'
import { isSpeedscope, readSpeedscope } from './speedscope.ts'
import { decodeText } from './text.ts'
import { refuseBinary, refuseJson, refuseText } from './unreadable.ts'
import { isChromeTrace, readChromeTrace } from './v8/chrome-trace.ts'
import { readCpuProfile } from './v8/cpuprofile.ts'
import { readHeapProfile } from './v8/heapprofile.ts'
import type { Repairs } from './v8/repair.ts'
import { isObject, type Json } from './v8/tree.ts'

export type Format =
  | 'pprof'
  | 'cpuprofile'
  | 'heapprofile'
  | 'folded'
  | 'speedscope'
  | 'chrome trace'
  | 'perf script'

export interface ReadProfile {
  format: Format
  profile: Profile
  /** Only in sampled profiles of V8. */
  repairs?: Repairs
  /** When it was recorded, in milliseconds of a clock that all processes of a machine share; absent where unknown. */
  recorded?: { start: number; end: number }
  /** What was read of a file that holds several profiles, in words. */
  choice?: string
}

interface JsonFormat {
  format: Format
  is: (raw: Json) => boolean
  read: (raw: Json) => Omit<ReadProfile, 'format'>
}

/** The first that fits is read. */
const JSON_FORMATS: JsonFormat[] = [
  { format: 'chrome trace', is: isChromeTrace, read: readChromeTrace },
  { format: 'speedscope', is: isSpeedscope, read: readSpeedscope },
  { format: 'cpuprofile', is: raw => Array.isArray(raw.nodes), read: readCpuProfile },
  {
    format: 'heapprofile',
    is: raw => isObject(raw.head) && 'selfSize' in raw.head,
    read: raw => ({ profile: readHeapProfile(raw) }),
  },
  { format: 'cpuprofile', is: raw => isObject(raw.head), read: readCpuProfile },
]

/**
 * Throws a `ProfileError` that says what the bytes are when they are not a profile or are damaged. A profile may be
 * empty: a thread may have had nothing to do.
 */
export function readProfile(bytes: Uint8Array, limits: Limits = DEFAULT_LIMITS): ReadProfile {
  const content = gunzipIfNeeded(bytes, limits)
  const legacy = legacyFormat(content)
  if (legacy) throw new ProfileError(legacy)
  refuseBinary(content)
  const text = decodeText(content)
  return text === null ? { format: 'pprof', profile: decodePprof(content, limits) } : readText(text)
}

function readText(text: string): ReadProfile {
  if (text.trim() === '') throw new ProfileError('The profile is empty (white space only).')
  refuseText(text)
  if (JSON_START.test(text)) return readJson(parseJson(text))
  if (isPerfScript(text)) return { format: 'perf script', ...readPerfScript(text) }
  return { format: 'folded', profile: readFolded(text) }
}

/** Frames begin with brackets, too: `{main};encode 3`, `[worker tid=7];encode 3`. */
const JSON_START = /^\s*(?:\{\s*["}]|\[\s*(?:[[{"\]]|-?\d))/

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new ProfileError(`The JSON is damaged or truncated: ${why.slice(0, 200)}.`, { cause: error })
  }
}

function readJson(raw: unknown): ReadProfile {
  if (!isObject(raw)) throw unknown([])
  refuseJson(raw)
  const known = JSON_FORMATS.find(({ is }) => is(raw))
  if (!known) throw unknown(Object.keys(raw))
  return { format: known.format, ...known.read(raw) }
}

function unknown(keys: string[]): ProfileError {
  const seen = keys.length > 0 ? ` (its keys: ${keys.slice(0, 8).join(', ')})` : ''
  return new ProfileError(`This JSON is not a profile in a known format${seen}.`)
}
