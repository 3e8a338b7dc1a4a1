/** Names of functions in sources, which compilers and bundlers change. */
import { type TraceMap, traceSegment } from '@jridgewell/trace-mapping'
import type { Frame } from '../profile/index.ts'

/**
 * The text before a function that has a name: `name(`, `name = (`, `name: function (`. esbuild, and so tsx, keeps names
 * by a call, `name = __name((`, in which the function is anonymous to V8.
 */
const NAMED =
  /(#?[\p{ID_Start}$_][\p{ID_Continue}$]*)(?:\s*[=:]\s*(?:\/\*[^*]*\*\/\s*)?(__name\()?(?:async\s*)?(?:function\s*\*?\s*)?)?$/u

/** How many characters before a function are searched for its name. */
const LOOKED_AT = 300

/**
 * The function's name in the source.
 *
 * @param script the line of the script that the function begins in
 */
export function nameOf(map: TraceMap, script: string, { name, line, column }: Frame): string {
  const from = Math.max(0, column - 1 - LOOKED_AT)
  const before = NAMED.exec(script.slice(from, column - 1))
  if (!before || (name === '' ? before[2] === undefined : before[1] !== name)) return name
  const start = from + before.index
  const segment = traceSegment(map, line - 1, start)
  return (segment?.length === 5 && segment[0] === start && map.names[segment[4]]) || before[1]!
}
