/** Source maps: places in a script that was compiled → places in what it was compiled from. */
import { pathToFileURL } from 'node:url'
import { decodedMappings, type EncodedSourceMap, TraceMap, traceSegment } from '@jridgewell/trace-mapping'
import { position } from '../formats/v8/frames.ts'
import { isObject } from '../formats/v8/tree.ts'
import { ProfileError } from '../profile/error.ts'
import { LINE_END } from './script-lines.ts'

/** Where a function begins; `line` and `column` are 1-based. */
export interface Place {
  name: string
  file: string
  line: number
  column: number
}

/** Whether a source, by its URL, is there for a reader to look at, with the content that the map knows of it, if it does. */
export type IsThere = (url: string, content: string | undefined) => boolean

export interface SourceMap {
  /** Undefined where the map does not say, or names a source that is not there. */
  find(place: Place): Place | undefined
  /** The one line of the file that a whole line of the script was compiled from; 0 where there are several, or none. */
  lineIn(file: string, line: number): number
}

/** A script that was compiled; the sources are relative to its URL. */
export interface Compiled {
  url: string
  /** Without it, functions keep the names that V8 has for them. */
  text?: string | undefined
  /** A source map, as a `data:` URL. */
  map: string
}

/** @throws ProfileError when it is not a source map */
export function readSourceMap({ url, text = '', map: dataUrl }: Compiled, isThere: IsThere): SourceMap {
  const map = parse(dataUrl, url)
  const lines = decodedMappings(map)
  const texts = text.split(LINE_END)
  const files = map.sources.map((source, at) => urlOf(source, map.resolvedSources[at]))
  const there = new Map<number, boolean>()
  const fileOf = (source: number): string | undefined => {
    const file = files[source]
    if (file === undefined) return undefined
    const known = there.get(source) ?? isThere(file, map.sourcesContent?.[source] ?? undefined)
    there.set(source, known)
    return known ? file : undefined
  }
  return {
    find(place) {
      const segment = traceSegment(map, place.line - 1, place.column - 1)
      if (!segment || segment.length === 1) return undefined
      const file = fileOf(segment[1])
      const [line, column] = [position(segment[2], 1), position(segment[3], 1)]
      if (file === undefined || line === 0 || column === 0) return undefined
      return { name: nameOf(map, texts[place.line - 1] ?? '', place), file, line, column }
    },
    lineIn(file, line) {
      const origins = (lines[line - 1] ?? []).map(segment =>
        segment.length > 1 && files[segment[1]!] === file ? position(segment[2], 1) : 0,
      )
      const [first = 0] = origins
      return origins.every(origin => origin === first) ? first : 0
    },
  }
}

function parse(dataUrl: string, script: string): TraceMap {
  try {
    const comma = dataUrl.indexOf(',')
    const body = dataUrl.slice(comma + 1)
    const isBase64 = /;base64$/i.test(dataUrl.slice(0, comma))
    const raw: unknown = JSON.parse(
      isBase64 ? Buffer.from(body, 'base64').toString() : decodeURIComponent(body),
    )
    if (!isMap(raw)) throw new Error('it does not have the shape of one')
    const map = new TraceMap(raw, script)
    // It reads them when it is asked first, and only then finds what is wrong with them.
    decodedMappings(map)
    return map
  } catch (cause) {
    throw new ProfileError(`The source map of ${script} is damaged.`, { cause })
  }
}

/** No loader writes a map in sections. */
function isMap(raw: unknown): raw is EncodedSourceMap {
  if (!isObject(raw)) return false
  const { mappings, sources, names = [], sourceRoot, sourcesContent } = raw
  const texts = (list: unknown) =>
    Array.isArray(list) && list.every(it => it === null || typeof it === 'string')
  return (
    typeof mappings === 'string' &&
    typeof (sourceRoot ?? '') === 'string' &&
    [sources, names, sourcesContent ?? []].every(texts)
  )
}

/** Some tools write paths as they are, in which `#` and `%` mean nothing. */
function urlOf(source: string | null, resolved: string | undefined): string | undefined {
  if (source !== null && /^(\/|[A-Za-z]:[\\/])/.test(source)) return pathToFileURL(source).href
  return source !== null && resolved !== undefined && URL.canParse(resolved)
    ? new URL(resolved).href
    : undefined
}

/**
 * What stands in front of a function that has a name: `name(`, `name = (`, `name: function (`. esbuild, and so tsx, keeps names by
 * a call, `name = __name((`, in which V8 takes the function for an anonymous one.
 */
const NAMED =
  /(#?[\p{ID_Start}$_][\p{ID_Continue}$]*)(?:\s*[=:]\s*(?:\/\*[^*]*\*\/\s*)?(__name\()?(?:async\s*)?(?:function\s*\*?\s*)?)?$/u

/** Characters of a line that are looked at in front of a function. */
const LOOKED_AT = 300

/** The name that the source has for what the script calls by the function's own. */
function nameOf(map: TraceMap, script: string, { name, line, column }: Place): string {
  const from = Math.max(0, column - 1 - LOOKED_AT)
  const before = NAMED.exec(script.slice(from, column - 1))
  if (!before || (name === '' ? before[2] === undefined : before[1] !== name)) return name
  const start = from + before.index
  const segment = traceSegment(map, line - 1, start)
  return (segment?.length === 5 && segment[0] === start && map.names[segment[4]]) || before[1]!
}
