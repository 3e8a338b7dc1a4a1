/** Moves the functions of a profile from the compiled script to their places in the sources. */
import type { Profile } from '../model/profile.ts'
import { framesOf } from '../profile/index.ts'
import { LINE_END, type SourceMap } from './source-map.ts'

/** What is known about the text that V8 runs under a URL. */
export interface ScriptText {
  /** Whether it has the same lines as the file. */
  asOnDisk: boolean
  map?: SourceMap
  /** Why the source map that it has is not used. */
  unusable?: 'damaged map' | 'missing map'
}

/**
 * Uses the source map of a script if it has one. Without a map, functions of a script whose lines differ from the file's
 * lose their line, because a wrong line would show unrelated source. Scripts without a text stay as they are.
 */
export function relocate(profile: Profile, scriptOf: (url: string) => ScriptText | undefined): Profile {
  const { functions, locations } = profile
  const frames = framesOf(profile)
  const scripts = frames.map(({ file }) => scriptOf(file))
  if (scripts.every(script => !script || (script.asOnDisk && !script.map))) return profile
  const strings = new Map(profile.strings.map((text, at) => [text, at]))
  const stringOf = (text: string): number => {
    const at = strings.get(text) ?? strings.size
    strings.set(text, at)
    return at
  }
  const moved = structuredClone(functions)
  const lineOf = frames.map((frame, at): ((line: number) => number) => {
    const script = scripts[at]
    if (!script || frame.line === 0) return line => line
    const source = script.map?.find(frame)
    if (!source && script.asOnDisk) return line => line
    const { name, file, line, column } = source ?? { ...frame, line: 0, column: 0 }
    moved.name[at] = stringOf(name)
    moved.file[at] = stringOf(file)
    moved.line[at] = line
    moved.column[at] = column
    return line => (source ? script.map!.lineIn(file, line) : 0)
  })
  const line = locations.line.map((at, location) =>
    at === 0 ? 0 : lineOf[locations.function[location]!]!(at),
  )
  return { ...profile, strings: [...strings.keys()], functions: moved, locations: { ...locations, line } }
}

/**
 * Whether each line of a script that V8 runs is at its place in the file. Where Node strips types, it leaves blanks, so a
 * line's words are some of the words of the file's line, in the same order.
 */
export function hasLinesOf(script: string, file: string): boolean {
  const originals = file.split(LINE_END)
  return script.split(LINE_END).every((line, at) => {
    const original = originals[at]
    return original === undefined ? ADDED.test(line) : isPartOf(wordsOf(line), wordsOf(original))
  })
}

/** Lines that tools add at the end. */
const ADDED = /^($|\/\/# source)/

const wordsOf = (line: string): string[] => line.match(/[\p{L}\p{N}_$]+/gu) ?? []

function isPartOf(words: string[], all: string[]): boolean {
  let at = 0
  for (const word of all) if (word === words[at]) at++
  return at === words.length
}
