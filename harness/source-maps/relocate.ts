/** Functions of a profile at the places where they stand in the sources, not where V8 has compiled them. */
import type { Profile } from '../model/profile.ts'
import type { SourceMap } from './source-map.ts'

/** What is known of the text that V8 runs under a URL. */
export interface ScriptText {
  /** Whether its lines are those of the file. */
  asOnDisk: boolean
  map?: SourceMap
}

/**
 * By the map of the script where it has one. Where it has none, and its lines are not those of the file, a function has
 * no line: a wrong one would show somebody else's source.
 *
 * @param scriptOf undefined for scripts that are to stay as they are
 */
export function relocate(profile: Profile, scriptOf: (url: string) => ScriptText | undefined): Profile {
  const { functions, locations } = profile
  const scripts = Array.from(functions.file, file => scriptOf(profile.strings[file]!))
  if (scripts.every(script => !script || (script.asOnDisk && !script.map))) return profile
  const strings = new Map(profile.strings.map((text, at) => [text, at]))
  const stringOf = (text: string): number => {
    const at = strings.get(text) ?? strings.size
    strings.set(text, at)
    return at
  }
  const moved = {
    name: functions.name.slice(),
    file: functions.file.slice(),
    line: functions.line.slice(),
    column: functions.column.slice(),
  }
  const lineOf = scripts.map((script, at): ((line: number) => number) => {
    const [name, file] = [profile.strings[functions.name[at]!]!, profile.strings[functions.file[at]!]!]
    const place = { name, file, line: functions.line[at]!, column: functions.column[at]! }
    if (!script || place.line === 0) return line => line
    const source = script.map?.find(place)
    if (!source && script.asOnDisk) return line => line
    moved.name[at] = stringOf(source?.name ?? name)
    moved.file[at] = stringOf(source?.file ?? file)
    moved.line[at] = source?.line ?? 0
    moved.column[at] = source?.column ?? 0
    return line => (source ? script.map!.lineIn(source.file, line) : 0)
  })
  const line = locations.line.map((at, location) =>
    at === 0 ? 0 : lineOf[locations.function[location]!]!(at),
  )
  return { ...profile, strings: [...strings.keys()], functions: moved, locations: { ...locations, line } }
}
