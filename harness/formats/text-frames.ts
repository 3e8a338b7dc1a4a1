/** Frames in formats that have only a text for each. */
import { type Frame, KERNEL_FILE, named, type ProfileBuilder, position } from '../profile/index.ts'

export const ANONYMOUS = '(anonymous)'

/** Marks of tools for kernel, compiled, inlined and interpreted code; the function is the same. */
const ANNOTATION = /_\[[kwij01]\]$/
const KERNEL = /_\[k\]$/
const WITH_PLACE = /^(.*) \((?![*&])((?=:\d)|.+?)(?::(\d+))?(?::(\d+))?\)$/
/** As V8 names code for Linux perf (`JS:*encode /srv/app/server.js:12:5`), with the marks of its compilers. */
const FROM_V8 =
  /^(?:JS|LazyCompile|Function|Script|Eval):[*~^+]?'?((?:get|set|bound) [^\s/:]+(?= )|\S*)(?: (.+?)(?::(\d+))?(?::(\d+))?)?$/

/** As V8's own logs, and tools that build on them, name code: without a prefix, but always with a place. */
const FROM_LOG =
  /^[*~^+]?'?((?:get|set|bound) [^\s/:]+(?= )|[^\s/]*) ((?:file:\/\/|node:|\/|[A-Za-z]:[\\/]).*?):(\d+):(\d+)$/

/** `encode (/srv/app/a.js:3:9)`, `JS:*encode /srv/app/a.js:3:9`, or only a name. */
export function readFrame(text: string): Frame {
  const frame = text.replace(ANNOTATION, '')
  if (KERNEL.test(text)) return { ...named(frame), file: KERNEL_FILE }
  // Without this check the pattern takes extremely long on a long frame of opening parentheses.
  const match = frame.endsWith(')') ? WITH_PLACE.exec(frame) : null
  return match ? frameFrom(match) : readSymbol(frame)
}

/** `JS:*encode /srv/app/a.js:3:9`, or only a name; parentheses in it belong to the name. */
export function readSymbol(symbol: string): Frame {
  const match = FROM_V8.exec(symbol) ?? FROM_LOG.exec(symbol)
  return match ? frameFrom(match) : named(plain(symbol))
}

const frameFrom = ([, name = '', file = '', line, column]: RegExpExecArray): Frame => ({
  name: plain(name),
  file,
  line: position(Number(line)),
  column: position(Number(column)),
})

const plain = (name: string): string => (name === ANONYMOUS ? '' : name)

/** Finds the location of a frame by its text, and reads each text once. */
export function locator(builder: ProfileBuilder, read: (text: string) => Frame): (text: string) => number {
  const known = new Map<string, number>()
  return text => {
    const before = known.get(text)
    if (before !== undefined) return before
    const { name, file, line, column } = read(text)
    const location = builder.location(builder.function(name, file, line, column))
    known.set(text, location)
    return location
  }
}
