/** Functions and their places in formats that have nothing but a text for a frame. */
import type { ProfileBuilder } from '../profile/build.ts'

export interface NamedFrame {
  name: string
  file: string
  /** 1-based; 0 where unknown. */
  line: number
  column: number
}

export const ANONYMOUS = '(anonymous)'

/** What tools append: code of the kernel, compiled, inlined, interpreted; copies of one function all the same. */
const ANNOTATION = /_\[[kwij01]\]$/
const WITH_PLACE = /^(.*) \((?![*&])((?=:\d)|.+?)(?::(\d+))?(?::(\d+))?\)$/
/** As V8 names code for Linux perf (`JS:*encode /srv/app/server.js:12:5`), with the marks of its compilers. */
const FROM_V8 =
  /^(?:JS|LazyCompile|Function|Script|Eval):[*~^+]?'?((?:get|set|bound) [^\s/:]+(?= )|\S*)(?: (.+?)(?::(\d+))?(?::(\d+))?)?$/

/** As V8's own logs, and tools that rest on them, name code: without a prefix, but always with a place. */
const FROM_LOG =
  /^[*~^+]?'?((?:get|set|bound) [^\s/:]+(?= )|[^\s/]*) ((?:file:\/\/|node:|\/|[A-Za-z]:[\\/]).*?):(\d+):(\d+)$/

/** `encode (/srv/app/a.js:3:9)`, `JS:*encode /srv/app/a.js:3:9`, or a name alone. */
export function readFrame(text: string): NamedFrame {
  const frame = text.replace(ANNOTATION, '')
  // The check keeps a long frame of nothing but parentheses from taking for ever.
  const match = frame.endsWith(')') ? WITH_PLACE.exec(frame) : null
  return match ? frameOf(match) : readSymbol(frame)
}

/** `JS:*encode /srv/app/a.js:3:9`, or a name alone, in which parentheses mean whatever its language makes of them. */
export function readSymbol(symbol: string): NamedFrame {
  const match = FROM_V8.exec(symbol) ?? FROM_LOG.exec(symbol)
  return match ? frameOf(match) : { name: symbol === ANONYMOUS ? '' : symbol, file: '', line: 0, column: 0 }
}

const frameOf = ([, name = '', file = '', line, column]: RegExpExecArray): NamedFrame => ({
  name: name === ANONYMOUS ? '' : name,
  file,
  line: place(line),
  column: place(column),
})

function place(digits: string | undefined): number {
  const value = Number(digits ?? 0)
  return value < 2 ** 26 ? value : 0
}

/** Finds the location of a frame by its text; each text is read once. */
export function locator(
  builder: ProfileBuilder,
  read: (text: string) => NamedFrame,
): (text: string) => number {
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
