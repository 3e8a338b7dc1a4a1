/** Functions as values, and the stacks that they are called through. */
import type { Profile } from '../model/profile.ts'

/** A function: its name, and where it begins. `line` and `column` are 1-based, 0 where unknown. */
export interface Frame {
  name: string
  file: string
  line: number
  column: number
}

/** A function that has a name but no place. */
export const named = (name: string): Frame => ({ name, file: '', line: 0, column: 0 })

/** All functions of a profile, by their index. */
export function framesOf({ strings, functions }: Profile): Frame[] {
  return Array.from(functions.name, (name, at) => ({
    name: strings[name]!,
    file: strings[functions.file[at]!]!,
    line: functions.line[at]!,
    column: functions.column[at]!,
  }))
}

/** A line or column that counts from 1 once `shift` is added; 0 where the file has nonsense. */
export function position(value: unknown, shift = 0): number {
  const at = typeof value === 'number' && Number.isInteger(value) ? value + shift : 0
  return at > 0 && at < 2 ** 26 ? at : 0
}
