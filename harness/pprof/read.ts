/** Any profile, told apart by its content; names and extensions are not looked at. */
import type { Profile } from '../model/profile.ts'
import { readCpuProfile } from './cpuprofile.ts'
import { ProfileError } from './error.ts'
import { readFolded } from './folded.ts'
import { DEFAULT_LIMITS, gunzipIfNeeded, type Limits } from './gzip.ts'
import { readHeapProfile } from './heapprofile.ts'
import { decodePprof } from './pprof-read.ts'
import { legacyFormat } from './pprof-wire.ts'
import type { Repairs } from './repair.ts'
import { isSpeedscope, readSpeedscope } from './speedscope.ts'
import { isObject, type Json } from './v8-tree.ts'

export type Format = 'pprof' | 'cpuprofile' | 'heapprofile' | 'folded' | 'speedscope'

export interface ReadProfile {
  format: Format
  profile: Profile
  /** Of `.cpuprofile` only. */
  repairs?: Repairs
}

/** Throws a `ProfileError` that says what the bytes are when they are no profile, or a damaged or empty one. */
export function readProfile(bytes: Uint8Array, limits: Limits = DEFAULT_LIMITS): ReadProfile {
  const content = gunzipIfNeeded(bytes, limits)
  const legacy = legacyFormat(content)
  if (legacy) throw new ProfileError(legacy)
  const read = isText(content)
    ? readText(content)
    : { format: 'pprof' as const, profile: decodePprof(content, limits) }
  if (read.profile.samples.stack.length === 0)
    throw new ProfileError(`The profile (${read.format}) has no samples: nothing was recorded in it.`)
  return read
}

function readText(content: Uint8Array): ReadProfile {
  const text = decodeText(content)
  const start = text.trimStart()[0]
  if (start === undefined) throw new ProfileError('The profile is empty (white space only).')
  if (start === '{' || start === '[') return readJson(parseJson(text))
  if (start === '<') throw new ProfileError('This is HTML, XML or SVG, not a profile.')
  return { format: 'folded', profile: readFolded(text) }
}

function decodeText(content: Uint8Array): string {
  try {
    return new TextDecoder().decode(content)
  } catch (error) {
    throw new ProfileError('The profile is too large to be read as text (more than 512 MiB).', {
      cause: error,
    })
  }
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
  if (Array.isArray(raw) || (isObject(raw) && Array.isArray(raw.traceEvents)))
    throw new ProfileError('This is a Chrome trace, not a profile; save the CPU profile alone (.cpuprofile).')
  if (!isObject(raw)) throw unknown([])
  if (isSpeedscope(raw)) return { format: 'speedscope', profile: readSpeedscope(raw) }
  if (Array.isArray(raw.nodes) && !isSnapshot(raw)) return { format: 'cpuprofile', ...readCpuProfile(raw) }
  if (isObject(raw.head) && 'selfSize' in raw.head)
    return { format: 'heapprofile', profile: readHeapProfile(raw) }
  if (isObject(raw.head)) return { format: 'cpuprofile', ...readCpuProfile(raw) }
  if (isSnapshot(raw))
    throw new ProfileError('This is a heap snapshot, not a sampled profile; record a .heapprofile instead.')
  throw unknown(Object.keys(raw))
}

const isSnapshot = (raw: Json): boolean => isObject(raw.snapshot)

function unknown(keys: string[]): ProfileError {
  const seen = keys.length > 0 ? ` (its keys: ${keys.slice(0, 8).join(', ')})` : ''
  return new ProfileError(
    `This JSON is no profile that is known here${seen}; it must be .cpuprofile, .heapprofile or speedscope.`,
  )
}

/** Protocol buffers start with a tag and a length, which are control characters; text has none. */
function isText(content: Uint8Array): boolean {
  return !content.subarray(0, 512).some(byte => byte < 32 && byte !== 9 && byte !== 10 && byte !== 13)
}
