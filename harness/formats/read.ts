/** Any profile. Its content decides the format; names and extensions are ignored. */
import type { Profile } from '../model/profile.ts'
import { ProfileError } from '../profile/index.ts'
import { firstNames } from '../words/text.ts'
import { decodeText, gunzipIfNeeded, MAX_BYTES } from './content.ts'
import { readFolded } from './folded.ts'
import { isObject, type Json } from './json.ts'
import { isPerfScript, readPerfScript } from './perf-script.ts'
import { decodePprof } from './pprof/read.ts'
import { isSpeedscope, readSpeedscope } from './speedscope.ts'
import { refuseBinary, refuseJson, refuseText } from './unreadable.ts'
import { isChromeTrace, readChromeTrace } from './v8/chrome-trace.ts'
import { readCpuProfile, type SampledProfile } from './v8/cpuprofile.ts'
import { readHeapProfile } from './v8/heapprofile.ts'
import { isWaits, readWaits } from './waits.ts'

/** Only sampled profiles of V8 have `repairs` and `recorded`. */
export interface ReadProfile extends Partial<SampledProfile> {
  format:
    | 'pprof'
    | 'cpuprofile'
    | 'heapprofile'
    | 'folded'
    | 'speedscope'
    | 'chrome trace'
    | 'perf script'
    | 'waits'
  profile: Profile
  /** Which profiles of a file with several were read, as text. */
  choice?: string
}

function readKnown(raw: Json): ReadProfile | undefined {
  if (isChromeTrace(raw)) return { format: 'chrome trace', ...readChromeTrace(raw) }
  if (isWaits(raw)) return { format: 'waits', profile: readWaits(raw) }
  if (isSpeedscope(raw)) return { format: 'speedscope', ...readSpeedscope(raw) }
  if (isObject(raw.head) && 'selfSize' in raw.head && !Array.isArray(raw.nodes))
    return { format: 'heapprofile', profile: readHeapProfile(raw) }
  return Array.isArray(raw.nodes) || isObject(raw.head)
    ? { format: 'cpuprofile', ...readCpuProfile(raw) }
    : undefined
}

/** @throws ProfileError that says what the bytes are when they are not a profile, or how they are damaged */
export function readProfile(bytes: Uint8Array, maxBytes = MAX_BYTES): ReadProfile {
  const content = gunzipIfNeeded(bytes, maxBytes)
  refuseBinary(content)
  const text = decodeText(content)
  return text === null ? { format: 'pprof', profile: decodePprof(content, maxBytes) } : readText(text)
}

function readText(text: string): ReadProfile {
  if (text.trim() === '') throw new ProfileError('The profile is empty (white space only).')
  refuseText(text)
  if (JSON_START.test(text)) return readJson(parseJson(text))
  if (isPerfScript(text)) return { format: 'perf script', ...readPerfScript(text) }
  return { format: 'folded', profile: readFolded(text) }
}

/** Folded frames can begin with brackets too: `{main};encode 3`, `[worker tid=7];encode 3`. */
const JSON_START = /^\s*(?:\{\s*["}]|\[\s*(?:[[{"\]]|-?\d))/

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    const why = (cause as Error).message.slice(0, 200)
    throw new ProfileError(`The JSON is damaged or truncated: ${why}.`, { cause })
  }
}

function readJson(raw: unknown): ReadProfile {
  if (!isObject(raw)) throw new ProfileError('This JSON is not a profile in a known format.')
  refuseJson(raw)
  const known = readKnown(raw)
  if (known) return known
  const keys = firstNames(Object.keys(raw), 8)
  throw new ProfileError(`This JSON is not a profile in a known format (its keys: ${keys || 'none'}).`)
}
