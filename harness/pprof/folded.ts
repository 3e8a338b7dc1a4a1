/** Folded stacks: a line per stack, frames from the outermost on, a value at the end (`main;work;encode 12`). */
import type { Profile } from '../model/profile.ts'
import { aggregate } from './aggregate.ts'
import { ProfileBuilder } from './build.ts'
import { ProfileError } from './error.ts'
import { ANONYMOUS, readFrame } from './frame-names.ts'

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
  const lines = linesIn(text)
  refuseDifference(lines)
  for (const { number, line } of lines) {
    const [, frames = '', count] = /^(.*?)\s+(\S+)$/.exec(line) ?? []
    const value = Number(count)
    if (frames === '' || !Number.isFinite(value) || value < 0)
      throw new ProfileError(`Folded stacks: line ${number} does not end in a count: "${line.slice(0, 80)}".`)
    let stack = -1
    for (const frame of frames.split(';')) stack = builder.stack(stack, locationOf(frame.trim()))
    builder.sample(stack, [value])
  }
  if (lines.length === 0) throw new ProfileError('Folded stacks: there is not a single stack.')
  return builder.build()
}

/** Without blank lines and comments, which tools that collapse stacks write at the top. */
function linesIn(text: string): { number: number; line: string }[] {
  return text
    .split('\n')
    .map((raw, at) => ({ number: at + 1, line: raw.trim() }))
    .filter(({ line }) => line !== '' && !line.startsWith('#'))
}

const TWO_COUNTS = /\S\s+\d+(?:\.\d+)?\s+\d+(?:\.\d+)?$/

/** A function whose name ends in a number may look like it; all of them do not. */
function refuseDifference(lines: { line: string }[]): void {
  if (lines.length > 0 && lines.every(({ line }) => TWO_COUNTS.test(line)))
    throw new ProfileError(
      'Folded stacks with two counts a line are a difference already, as difffolded writes it; give the two files that it was made from.',
    )
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

function writeFrame(name: string, file: string, line: number, column: number): string {
  const place = line > 0 ? `${file}:${line}${column > 0 ? `:${column}` : ''}` : file
  const frame = place ? `${name || ANONYMOUS} (${place})` : name || ANONYMOUS
  // A semicolon ends a frame, a line break the stack: the format cannot say them.
  return frame.replaceAll(';', ':').replaceAll(/[\r\n]+/g, ' ')
}
