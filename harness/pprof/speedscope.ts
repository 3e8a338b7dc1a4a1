/** speedscope's own format; https://www.speedscope.app/file-format-schema.json */
import type { Profile } from '../model/profile.ts'
import { ProfileBuilder } from './build.ts'
import { ProfileError } from './error.ts'
import { position } from './v8-frames.ts'
import { isObject, type Json } from './v8-tree.ts'

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

/** Several profiles in one file (one per thread) become one; only sampled ones are read. */
export function readSpeedscope(raw: Json): Profile {
  const profiles = Array.isArray(raw.profiles) ? raw.profiles.filter(isObject) : []
  const frames = isObject(raw.shared) && Array.isArray(raw.shared.frames) ? raw.shared.frames : []
  const [first] = profiles
  if (!first) throw new ProfileError('speedscope: the file has no profiles.')
  const unit = UNITS.includes(String(first.unit)) ? String(first.unit) : 'count'
  const type = typeof first.name === 'string' && profiles.length === 1 ? first.name : 'weight'
  const builder = new ProfileBuilder([{ type, unit }])
  const locations = frames.map((frame: unknown, at) => addFrame(builder, frame, at))
  for (const profile of profiles) {
    if (profile.type !== 'sampled')
      throw new ProfileError(`speedscope: only sampled profiles can be read, not "${profile.type}".`)
    if (profile.unit !== first.unit) throw new ProfileError('speedscope: the profiles have different units.')
    addSamples(builder, profile, locations)
  }
  return builder.build()
}

function addFrame(builder: ProfileBuilder, frame: unknown, at: number): number {
  if (!isObject(frame) || typeof frame.name !== 'string')
    throw new ProfileError(`speedscope: frame ${at} has no name.`)
  const name = frame.name === '(anonymous)' ? '' : frame.name
  const file = typeof frame.file === 'string' ? frame.file : ''
  return builder.location(builder.function(name, file, position(frame.line, 0), position(frame.col, 0)))
}

function addSamples(builder: ProfileBuilder, { samples, weights }: Json, locations: number[]): void {
  if (!Array.isArray(samples) || !Array.isArray(weights) || samples.length !== weights.length)
    throw new ProfileError('speedscope: a profile needs as many weights as samples.')
  samples.forEach((frames: unknown, at) => {
    if (!Array.isArray(frames)) throw new ProfileError(`speedscope: sample ${at} is not a list of frames.`)
    let stack = -1
    for (const frame of frames) {
      const location = locations[frame as number]
      if (location === undefined)
        throw new ProfileError(`speedscope: sample ${at} refers to frame ${frame}, which is not there.`)
      stack = builder.stack(stack, location)
    }
    const weight: unknown = weights[at]
    if (typeof weight !== 'number' || !Number.isFinite(weight))
      throw new ProfileError(`speedscope: sample ${at} has no weight.`)
    builder.sample(stack, [weight])
  })
}
