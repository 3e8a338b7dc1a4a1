/** Folded stacks: one line per stack, outermost frame first, with a value at the end (`main;work;encode 12`). */
import type { Profile } from '../model/profile.ts'
import { ProfileBuilder, ProfileError } from '../profile/index.ts'
import { locator, readFrame } from './text-frames.ts'

/** The format does not say what it counts, so values are samples. */
export function readFolded(text: string): Profile {
  const builder = new ProfileBuilder([{ type: 'samples', unit: 'count' }])
  const locationOf = locator(builder, readFrame)
  let areCountPairs = true
  text.split('\n').forEach((raw, at) => {
    const line = raw.trimEnd()
    if (isRemark(line.trimStart())) return
    const { frames, value } = readLine(line, at + 1)
    let stack = -1
    if (frames !== '' && frames !== NO_STACK)
      for (const frame of splitFrames(frames)) stack = builder.stack(stack, locationOf(frame.trim()))
    builder.sample(stack, [value])
    areCountPairs &&= COUNT_AT_END.test(frames)
  })
  const profile = builder.build()
  if (profile.stacks.parent.length === 0) throw new ProfileError('Folded stacks: the file has no stacks.')
  if (areCountPairs) throw differenceError()
  return profile
}

const NO_STACK = '(no stack)'

const differenceError = () =>
  new ProfileError(
    'Folded stacks: every line ends in two counts, as difffolded.pl writes them. This file is a difference already.',
    {
      advice: `Give the two files that it was made from, or take them out of it: sed -E 's/ [0-9.]+$//' FILE > before; sed -E 's/ [0-9.]+( [0-9.]+)$/\\1/' FILE > after`,
    },
  )

/** Comments and separators of dtrace and perf. `#name;…` is not a comment but a private method with its callees. */
const isRemark = (line: string): boolean =>
  line === '' || /^#(?![\p{L}_$][\w$]*(?:;| \())/u.test(line) || /^[-=*_.]+$/.test(line)

const COUNT_AT_END = /(?:^|\s)\d+(?:\.\d+)?$/

function readLine(line: string, number: number): { frames: string; value: number } {
  const space = Math.max(line.lastIndexOf(' '), line.lastIndexOf('\t'))
  const count = line.slice(space + 1)
  // A sample without a known stack is only a count, after the space that ends the stack.
  if (space >= 0 && /^\d*\.?\d+(?:e[+-]?\d+)?$/i.test(count) && Number.isFinite(Number(count)))
    return { frames: line.slice(0, space).trim(), value: Number(count) }
  throw new ProfileError(`Folded stacks: line ${number} does not end in a count: "${line.slice(0, 80)}".`, {
    advice: 'A line has frames, a space and a count: "main;work;encode 12".',
  })
}

/** A semicolon in parentheses belongs to a signature, as in Java: `decode(Ljava/lang/String;I)V`. */
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
  // Tools cut long names, sometimes within parentheses.
  return depth === 0 ? [...parts, frames.slice(from)] : frames.split(';')
}
