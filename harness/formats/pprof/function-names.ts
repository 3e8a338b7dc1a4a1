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

/** Reverses the two functions above; names that other tools wrote stay as they are. */
export function readName(name: string, system: string, line: number): { name: string; column: number } {
  const match = SYSTEM_NAME.exec(system)
  if (!match || Number(match[2]) !== line) return { name, column: 0 }
  const given = match[1]!
  const ours = given === name || (given === '' && name.startsWith('(anonymous'))
  return ours ? { name: given, column: Number(match[3]) } : { name, column: 0 }
}
