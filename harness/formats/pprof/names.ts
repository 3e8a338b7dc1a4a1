/** How pprof, whose functions have a name and a line, carries anonymous functions and columns. */
import { baseName } from '../../profile/paths.ts'

interface Place {
  name: string
  file: string
  line: number
  column: number
}

/** Tools merge functions by name alone; each anonymous function needs a name of its own. */
export function anonymousName({ file, line, column }: Omit<Place, 'name'>): string {
  const base = baseName(file)
  const place = line > 0 ? `${base}:${line}:${column}` : base
  return place ? `(anonymous ${place})` : '(anonymous)'
}

/** The name as V8 gave it, with the position that tells functions of one name apart. */
export function systemName({ name, line, column }: Place): string {
  return `${name}@${line}:${column}`
}

const SYSTEM_NAME = /^(.*)@(\d+):(\d+)$/s

/** Reverses the two functions above; what others wrote is left as it is. */
export function readName(name: string, system: string, line: number): { name: string; column: number } {
  const match = SYSTEM_NAME.exec(system)
  if (!match || Number(match[2]) !== line) return { name, column: 0 }
  const given = match[1]!
  const ours = given === name || (given === '' && name.startsWith('(anonymous'))
  return ours ? { name: given, column: Number(match[3]) } : { name, column: 0 }
}
