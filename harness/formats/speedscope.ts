/** speedscope's own format; https://www.speedscope.app/file-format-schema.json */
import type { Profile } from '../model/profile.ts'
import { ProfileBuilder } from '../profile/build.ts'
import { ProfileError } from '../profile/error.ts'
import { readSymbol } from './frame-names.ts'
import { position } from './v8/frames.ts'
import { isObject, type Json } from './v8/tree.ts'

const SCHEMA = 'https://www.speedscope.app/file-format-schema.json'
const UNITS = ['nanoseconds', 'microseconds', 'milliseconds', 'seconds', 'bytes']

export const isSpeedscope = (raw: Json): boolean =>
  raw.$schema === SCHEMA || (isObject(raw.shared) && Array.isArray(raw.profiles))

/** The last value type, in the order of the samples. */
export function writeSpeedscope(profile: Profile, name = 'profile'): string {
  const { strings, functions, locations, stacks, samples } = profile
  const { type, unit } = profile.valueTypes.at(-1)!
  const weights = [...samples.values.at(-1)!]
  const frames = Array.from(functions.name, (text, at) => ({
    name: strings[text] || '(anonymous)',
    ...(functions.file[at] && { file: strings[functions.file[at]!] }),
    ...(functions.line[at] && { line: functions.line[at] }),
    ...(functions.column[at] && { col: functions.column[at] }),
  }))
  const stackOf = (leaf: number) => {
    const frame: number[] = []
    for (let node = leaf; node !== -1; node = stacks.parent[node]!)
      frame.push(locations.function[stacks.location[node]!]!)
    return frame.reverse()
  }
  const sampled = {
    type: 'sampled',
    name: type,
    unit: UNITS.includes(unit) ? unit : 'none',
    startValue: 0,
    endValue: weights.reduce((sum, weight) => sum + weight, 0),
    samples: Array.from(samples.stack, stackOf),
    weights,
  }
  return JSON.stringify({
    $schema: SCHEMA,
    name,
    exporter: 'flamegate',
    shared: { frames },
    profiles: [sampled],
  })
}

/** Nanoseconds in a unit of time: other formats have no other, and what has another cannot be compared. */
const NANOSECONDS: Record<string, number> = {
  nanoseconds: 1,
  microseconds: 1e3,
  milliseconds: 1e6,
  seconds: 1e9,
}

/** What a file says of one of its profiles. */
interface Part {
  builder: ProfileBuilder
  /** Id of each frame's location. */
  locations: number[]
  profile: Json
  /** What values are multiplied by. */
  scale: number
}

const READERS = new Map<unknown, (part: Part) => void>([
  ['sampled', addSamples],
  ['evented', addEvents],
])

/** Several profiles in one file (one per thread) are added up; `choice` says so. */
export function readSpeedscope(raw: Json): { profile: Profile; choice?: string } {
  const profiles = Array.isArray(raw.profiles) ? raw.profiles.filter(isObject) : []
  const frames = isObject(raw.shared) && Array.isArray(raw.shared.frames) ? raw.shared.frames : []
  const [first] = profiles
  if (!first) throw new ProfileError('speedscope: the file has no profiles.')
  const scale = NANOSECONDS[String(first.unit)]
  const unit = scale ? 'nanoseconds' : first.unit === 'bytes' ? 'bytes' : 'count'
  const type = typeof first.name === 'string' && profiles.length === 1 ? first.name : 'weight'
  const builder = new ProfileBuilder([{ type, unit }])
  const locations = frames.map((frame: unknown, at) => addFrame(builder, frame, at))
  for (const profile of profiles) {
    const add = READERS.get(profile.type)
    if (!add)
      throw new ProfileError(
        `speedscope: only sampled and evented profiles can be read, not "${String(profile.type)}".`,
      )
    if (profile.unit !== first.unit)
      throw new ProfileError('speedscope: the profiles in the file have different units.', {
        advice: 'Open the file in speedscope, choose a profile, and export it alone.',
      })
    add({ builder, locations, profile, scale: scale ?? 1 })
  }
  const names = profiles.slice(0, 5).map(({ name }) => String(name))
  return {
    profile: builder.build(),
    ...(profiles.length > 1 && {
      choice: `the file holds ${profiles.length} profiles, which were added up: ${names.join(', ')}`,
    }),
  }
}

function addFrame(builder: ProfileBuilder, frame: unknown, at: number): number {
  if (!isObject(frame) || typeof frame.name !== 'string')
    throw new ProfileError(`speedscope: frame ${at} has no name.`)
  // Without a file, the place may be in the name.
  const { name, ...place } = readSymbol(frame.name)
  const file = typeof frame.file === 'string' ? frame.file : place.file
  const line = position(frame.line, 0) || place.line
  const column = position(frame.col, 0) || place.column
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

/** Frames are opened and closed: what lies between two events is the time of the stack that is open. */
function addEvents({ builder, locations, scale, profile: { events, startValue, endValue } }: Part): void {
  if (!Array.isArray(events)) throw new ProfileError('speedscope: an evented profile has no events.')
  const open: { frame: unknown; stack: number }[] = []
  let now =
    typeof startValue === 'number' && Number.isFinite(startValue) ? startValue : Number.NEGATIVE_INFINITY
  const passTo = (at: unknown, what: string) => {
    if (typeof at !== 'number' || !(at >= now) || at === Number.POSITIVE_INFINITY)
      throw new ProfileError(`speedscope: ${what} has no time, or one before that of the last.`)
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
    throw new ProfileError(`speedscope: ${where} refers to frame ${String(frame)}, which is not there.`)
  return location
}
