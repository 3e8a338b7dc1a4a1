/** Anonymous functions and columns in pprof, whose functions have only a name and a line. */
import { baseName, type Frame } from '../../profile/index.ts'
import { ANONYMOUS } from '../text-frames.ts'

/** Tools merge functions by name alone, so each anonymous function needs a name of its own. */
export function anonymousName({ file, line, column }: Frame): string {
  const base = baseName(file)
  const place = line > 0 ? `${base}:${line}:${column}` : base
  return place ? `(anonymous ${place})` : ANONYMOUS
}

/** The name as V8 gave it, with the position that distinguishes functions of one name. */
export const systemName = ({ name, line, column }: Frame): string => `${name}@${line}:${column}`

const SYSTEM_NAME = /^(.*)@(\d+):(\d+)$/s

interface Named {
  name: string
  line: number
  column: number
}

/** Reverses the two functions above, and what Pyroscope's agent does; names that other tools wrote stay as they are. */
export function readName(name: string, system: string, line: number): Named {
  const match = SYSTEM_NAME.exec(system)
  if (!match || Number(match[2]) !== line) return readAgentName(name, system) ?? { name, line, column: 0 }
  const given = match[1]!
  const ours = given === name || (given === '' && name.startsWith('(anonymous'))
  return ours ? { name: given, line, column: Number(match[3]) } : { name, line, column: 0 }
}

const AGENT_ANONYMOUS = /^\(anonymous:L#(\d+):C#(\d+)\)$/

/**
 * `./lib/parse.js:parse:12`: Pyroscope's agent for Node puts the file and a line into the name, so that a function whose line moves becomes
 * another one. The function's own name is in the other field.
 */
function readAgentName(name: string, system: string): Named | undefined {
  const rest = /^(.*):\d+$/s.exec(name)?.[1]
  if (system === '' || rest === undefined || !rest.endsWith(`:${system}`)) return undefined
  const [anonymous, line, column] = AGENT_ANONYMOUS.exec(system) ?? []
  return anonymous === undefined
    ? { name: system, line: 0, column: 0 }
    : { name: '', line: Number(line), column: Number(column) }
}
