/** Folded stacks: a line per stack, frames from the outermost on, a value at the end (`main;work;encode 12`). */
import type { Profile } from '../model/profile.ts'
import { aggregate } from './aggregate.ts'
import { ProfileBuilder } from './build.ts'
import { ProfileError } from './error.ts'

/** The format has no word for what it counts. */
const VALUE_TYPE = { type: 'samples', unit: 'count' }

export function readFolded(text: string, valueType = VALUE_TYPE): Profile {
  const builder = new ProfileBuilder([valueType])
  const locations = new Map<string, number>()
  const locationOf = (frame: string) => {
    const known = locations.get(frame)
    if (known !== undefined) return known
    const { name, file, line, column } = readFrame(frame)
    const location = builder.location(builder.function(name, file, line, column))
    locations.set(frame, location)
    return location
  }
  let number = 0
  let samples = 0
  for (const raw of text.split('\n')) {
    number++
    const line = raw.trim()
    if (line === '') continue
    const space = line.lastIndexOf(' ')
    const value = Number(line.slice(space + 1))
    if (space <= 0 || !Number.isFinite(value) || value < 0)
      throw new ProfileError(`Folded stacks: line ${number} does not end in a count: "${line.slice(0, 80)}".`)
    let stack = -1
    for (const frame of line.slice(0, space).split(';'))
      stack = builder.stack(stack, locationOf(frame.trim()))
    builder.sample(stack, [value])
    samples++
  }
  if (samples === 0) throw new ProfileError('Folded stacks: there is not a single stack.')
  return builder.build()
}

/** The last value type; functions as `name (file:line:column)`. */
export function writeFolded(profile: Profile): string {
  const { strings, functions, locations, stacks } = profile
  const frames = Array.from(functions.name, (name, at) =>
    writeFrame(strings[name]!, strings[functions.file[at]!]!, functions.line[at]!, functions.column[at]!),
  )
  const { samples } = aggregate(profile)
  const values = samples.values.at(-1)!
  const sums = new Map<string, number>()
  samples.stack.forEach((leaf, at) => {
    const names: string[] = []
    for (let node = leaf; node !== -1; node = stacks.parent[node]!)
      names.push(frames[locations.function[stacks.location[node]!]!]!)
    const stack = names.reverse().join(';') || '(no stack)'
    sums.set(stack, (sums.get(stack) ?? 0) + values[at]!)
  })
  return Array.from(sums, ([stack, value]) => `${stack} ${value}\n`).join('')
}

const ANONYMOUS = '(anonymous)'

function writeFrame(name: string, file: string, line: number, column: number): string {
  const place = line > 0 ? `${file}:${line}${column > 0 ? `:${column}` : ''}` : file
  const frame = place ? `${name || ANONYMOUS} (${place})` : name || ANONYMOUS
  // A semicolon ends a frame, a line break the stack: the format cannot say them.
  return frame.replaceAll(';', ':').replaceAll(/[\r\n]+/g, ' ')
}

const WITH_PLACE = /^(.*) \((.+?)(?::(\d+))?(?::(\d+))?\)$/
/** As V8 names code for Linux perf (`JS:*encode /srv/app/server.js:12:5`). */
const FROM_PERF = /^(?:JS|LazyCompile|Function|Script|Eval):(\S*) (\S+?)(?::(\d+))?(?::(\d+))?$/

function readFrame(frame: string) {
  const match = WITH_PLACE.exec(frame) ?? FROM_PERF.exec(frame)
  const name = match ? match[1]! : frame
  return {
    name: name === ANONYMOUS ? '' : name,
    file: match?.[2] ?? '',
    line: place(match?.[3]),
    column: place(match?.[4]),
  }
}

function place(digits: string | undefined): number {
  const value = Number(digits ?? 0)
  return value < 2 ** 26 ? value : 0
}
