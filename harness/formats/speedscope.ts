/** The format of speedscope: https://www.speedscope.app/file-format-schema.json */
import type { Profile } from '../model/profile.ts'
import { ProfileBuilder, ProfileError, position } from '../profile/index.ts'
import { firstNames } from '../words/text.ts'
import { isObject, type Json, listOf } from './json.ts'
import { readSymbol } from './text-frames.ts'

const SCHEMA = 'https://www.speedscope.app/file-format-schema.json'

export const isSpeedscope = (raw: Json): boolean =>
  raw.$schema === SCHEMA || (isObject(raw.shared) && Array.isArray(raw.profiles))

/** Nanoseconds in a unit of time. Other formats have time in nanoseconds, and only equal units can be compared. */
const NANOSECONDS = new Map<unknown, number>(
  Object.entries({ nanoseconds: 1, microseconds: 1e3, milliseconds: 1e6, seconds: 1e9 }),
)

/** One of the profiles in a file. */
interface Part {
  profile: Json
  builder: ProfileBuilder
  /** The location of each frame in the file. */
  locations: number[]
  /** Values are multiplied by it. */
  scale: number
}

/** Several profiles in one file (one per thread) are added up, and `choice` says so. */
export function readSpeedscope(raw: Json): { profile: Profile; choice?: string } {
  const profiles = listOf(raw.profiles).map(profile => (isObject(profile) ? profile : {}))
  const [first] = profiles
  if (!first) throw new ProfileError('speedscope: the file has no profiles.')
  const scale = NANOSECONDS.get(first.unit)
  const unit = scale ? 'nanoseconds' : first.unit === 'bytes' ? 'bytes' : 'count'
  const type = typeof first.name === 'string' && profiles.length === 1 ? first.name : 'weight'
  const builder = new ProfileBuilder([{ type, unit }])
  const frames = isObject(raw.shared) ? listOf(raw.shared.frames) : []
  const locations = frames.map((frame, at) => addFrame(builder, frame, at))
  for (const profile of profiles) {
    const type = String(profile.type)
    if (type !== 'sampled' && type !== 'evented')
      throw new ProfileError(`speedscope: only sampled and evented profiles can be read, not "${type}".`)
    if (profile.unit !== first.unit)
      throw new ProfileError('speedscope: the profiles in the file have different units.', {
        advice: 'Open the file in speedscope, choose a profile, and export only that one.',
      })
    const add = type === 'sampled' ? addSamples : addEvents
    add({ profile, builder, locations, scale: scale ?? 1 })
  }
  const names = firstNames(profiles.map(({ name }) => String(name)))
  const choice = `the file holds ${profiles.length} profiles, which were added up: ${names}`
  return { profile: builder.build(), choice: profiles.length > 1 ? choice : undefined }
}

function addFrame(builder: ProfileBuilder, frame: unknown, at: number): number {
  if (!isObject(frame) || typeof frame.name !== 'string')
    throw new ProfileError(`speedscope: frame ${at} has no name.`)
  // The place can be in the name.
  const { name, ...place } = readSymbol(frame.name)
  const file = typeof frame.file === 'string' ? frame.file : place.file
  const line = position(frame.line) || place.line
  const column = position(frame.col) || place.column
  return builder.location(builder.function(name, file, line, column))
}

function addSamples({ builder, locations, scale, profile: { samples, weights } }: Part): void {
  if (!Array.isArray(samples) || !Array.isArray(weights) || samples.length !== weights.length)
    throw new ProfileError('speedscope: a profile needs as many weights as samples.')
  samples.forEach((frames: unknown, at) => {
    if (!Array.isArray(frames)) throw new ProfileError(`speedscope: sample ${at} is not a list of frames.`)
    let stack = -1
    for (const frame of frames) stack = builder.stack(stack, locationAt(locations, frame, `sample ${at}`))
    const weight: unknown = weights[at]
    if (typeof weight !== 'number' || !Number.isFinite(weight))
      throw new ProfileError(`speedscope: sample ${at} has no weight.`)
    builder.sample(stack, [weight * scale])
  })
}

/** Events open and close frames. The time between two events belongs to the open stack. */
function addEvents({ builder, locations, scale, profile: { events, startValue, endValue } }: Part): void {
  if (!Array.isArray(events)) throw new ProfileError('speedscope: an evented profile has no events.')
  const open: { frame: unknown; stack: number }[] = []
  let now = Number.isFinite(startValue) ? Number(startValue) : Number.NEGATIVE_INFINITY
  const passTo = (at: unknown, what: string) => {
    if (typeof at !== 'number' || !(at >= now) || at === Number.POSITIVE_INFINITY)
      throw new ProfileError(`speedscope: ${what} has no time, or one before the previous event.`)
    const top = open.at(-1)
    if (top && at > now) builder.sample(top.stack, [(at - now) * scale])
    now = at
  }
  events.forEach((event: unknown, at) => {
    const { type, frame, at: when } = isObject(event) ? event : ({} as Json)
    passTo(when, `event ${at}`)
    if (type === 'O') {
      const location = locationAt(locations, frame, `event ${at}`)
      open.push({ frame, stack: builder.stack(open.at(-1)?.stack ?? -1, location) })
    } else if (type !== 'C' || open.pop()?.frame !== frame)
      throw new ProfileError(`speedscope: event ${at} closes a frame that is not the innermost one.`)
  })
  if (open.length > 0) passTo(endValue, 'the end')
}

function locationAt(locations: number[], frame: unknown, where: string): number {
  const location = typeof frame === 'number' ? locations[frame] : undefined
  if (location === undefined)
    throw new ProfileError(`speedscope: ${where} refers to frame ${String(frame)}, which does not exist.`)
  return location
}
