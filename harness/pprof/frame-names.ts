/** Frames that are one text: function, file and place as profilers and V8's perf map write them. */

export const ANONYMOUS = '(anonymous)'

/** `name (file:line:column)`; names and files may hold parentheses of their own, in pairs. */
const WITH_PLACE = /^(.*?) \(((?:[^()]|\([^()]*\))*?)(?::(\d+))?(?::(\d+))?\)$/
/**
 * V8's names of compiled code (`JS:*encode /srv/app/server.js:12:5`). The marks in front of a name say which compiler made
 * the code: `~` interpreter, `^` Sparkplug, `+` Maglev, `*` TurboFan. All of them are one function.
 */
const FROM_V8 =
  /^(?:JS|LazyCompile|Function|Script|Eval|Callback):[~^+*']*((?:(?:get|set|async|static) )*\S*) (\S.*?)(?::(\d+))?(?::(\d+))?$/
/** What collapsers add to a frame to say where it ran: kernel, inlined, just-in-time compiled, interpreted. */
const ANNOTATION = /_\[[kji01]\]$/

export interface NamedFrame {
  name: string
  file: string
  /** 1-based, 0 where unknown. */
  line: number
  column: number
}

export function readFrame(text: string): NamedFrame {
  const frame = text.replace(ANNOTATION, '')
  const match = WITH_PLACE.exec(frame) ?? FROM_V8.exec(frame)
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
