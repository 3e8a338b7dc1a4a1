/** Folded stacks: a line per stack, frames from the outermost on, a value at the end (`main;work;encode 12`). */
import type { Profile } from '../model/profile.ts'
import { aggregate } from '../profile/aggregate.ts'
import { ProfileBuilder } from '../profile/build.ts'
import { ProfileError } from '../profile/error.ts'
import { ANONYMOUS, locator, readFrame } from './frame-names.ts'

/** The format has no word for what it counts. */
const VALUE_TYPE = { type: 'samples', unit: 'count' }

export function readFolded(text: string, valueType = VALUE_TYPE): Profile {
  const builder = new ProfileBuilder([valueType])
  const locationOf = locator(builder, readFrame)
  let pairs = true
  let number = 0
  for (const raw of text.split('\n')) {
    number++
    const line = raw.trimEnd()
    if (isRemark(line.trimStart())) continue
    const { frames, value } = readLine(line, number)
    let stack = -1
    if (frames !== '' && frames !== NO_STACK)
      for (const frame of splitFrames(frames)) stack = builder.stack(stack, locationOf(frame.trim()))
    builder.sample(stack, [value])
    pairs &&= COUNT_AT_END.test(frames)
  }
  const profile = builder.build()
  if (profile.stacks.parent.length === 0)
    throw new ProfileError('Folded stacks: there is not a single stack.')
  if (pairs) throw new ProfileError(DIFFERENCE.message, DIFFERENCE)
  return profile
}

const NO_STACK = '(no stack)'

const DIFFERENCE = {
  message:
    'Folded stacks: every line ends in two counts, as difffolded.pl writes them. This file is a difference already.',
  advice: `Give the two files that it was made from, or take them out of it: sed -E 's/ [0-9.]+$//' FILE > before; sed -E 's/ [0-9.]+( [0-9.]+)$/\\1/' FILE > after`,
}

/** Comments, as dtrace and perf write them, and rules between parts. `#name;…` is a private method that others called. */
const isRemark = (line: string): boolean =>
  line === '' || /^#(?![\p{L}_$][\w$]*(?:;| \())/u.test(line) || /^[-=*_.]+$/.test(line)

const COUNT_AT_END = /(?:^|\s)\d+(?:\.\d+)?$/

function readLine(line: string, number: number): { frames: string; value: number } {
  const space = Math.max(line.lastIndexOf(' '), line.lastIndexOf('\t'))
  const count = line.slice(space + 1)
  // A sample whose stack is not known has nothing but a count, behind the space that ends a stack.
  if (space >= 0 && /^\d*\.?\d+(?:e[+-]?\d+)?$/i.test(count) && Number.isFinite(Number(count)))
    return { frames: line.slice(0, space).trim(), value: Number(count) }
  throw new ProfileError(`Folded stacks: line ${number} does not end in a count: "${line.slice(0, 80)}".`, {
    advice: 'A line is made of frames, a space and a count: "main;work;encode 12".',
  })
}

/** A semicolon within parentheses belongs to a signature, as Java has them: `decode(Ljava/lang/String;I)V`. */
function splitFrames(frames: string): string[] {
  if (!/\([^()]*;/.test(frames)) return frames.split(';')
  const parts: string[] = []
  let depth = 0
  let from = 0
  for (let at = 0; at < frames.length && depth >= 0; at++) {
    if (frames[at] === '(') depth++
    else if (frames[at] === ')') depth--
    else if (frames[at] === ';' && depth === 0) {
      parts.push(frames.slice(from, at))
      from = at + 1
    }
  }
  // Tools cut names, also in the middle of their parentheses.
  return depth === 0 ? [...parts, frames.slice(from)] : frames.split(';')
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
    const stack = names.reverse().join(';') || NO_STACK
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
