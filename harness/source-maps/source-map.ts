/** Source maps: places in a compiled script → places in its sources. */
import { pathToFileURL } from 'node:url'
import { decodedMappings, type EncodedSourceMap, TraceMap, traceSegment } from '@jridgewell/trace-mapping'
import { isObject } from '../formats/json.ts'
import { type Frame, ProfileError, position } from '../profile/index.ts'

/** Line ends as V8 counts them. */
export const LINE_END = /\r\n|[\n\r\u2028\u2029]/

/** Whether the source at a URL can be opened, and still has the content that the map holds, if any. */
export type IsThere = (url: string, content: string | undefined) => boolean

export interface SourceMap {
  /** The function in the source; undefined if the map lacks it or the source cannot be opened. */
  find(frame: Frame): Frame | undefined
  /** The line of the file that a line of the script was compiled from; 0 if there are several or none. */
  lineIn(file: string, line: number): number
  /** URLs of the sources that were asked for, and whether each one was there. */
  asked: ReadonlyMap<string, boolean>
}

/** A compiled script; its sources are relative to its URL. */
export interface Compiled {
  url: string
  /** Without it, functions keep V8's names. */
  text?: string
  /** A source map, as a `data:` URL. */
  map: string
}

/** @throws ProfileError when it is not a source map */
export function readSourceMap({ url, text = '', map: dataUrl }: Compiled, isThere: IsThere): SourceMap {
  const map = parse(dataUrl, url)
  const lines = decodedMappings(map)
  const texts = text.split(LINE_END)
  const files = map.sources.map((source, at) => urlOf(source, map.resolvedSources[at]))
  const there = new Map<string, boolean>()
  const fileOf = (source: number): string | undefined => {
    const file = files[source]
    if (file === undefined) return undefined
    const known = there.get(file) ?? isThere(file, map.sourcesContent?.[source] ?? undefined)
    there.set(file, known)
    return known ? file : undefined
  }
  return {
    asked: there,
    find(frame) {
      const segment = traceSegment(map, frame.line - 1, frame.column - 1)
      if (!segment || segment.length === 1) return undefined
      const file = fileOf(segment[1])
      const [line, column] = [position(segment[2], 1), position(segment[3], 1)]
      if (file === undefined || line === 0 || column === 0) return undefined
      return { name: nameOf(map, texts[frame.line - 1] ?? '', frame), file, line, column }
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
    if (!isMap(raw)) throw new Error('not a valid source map')
    const map = new TraceMap(raw, script)
    // Mappings are decoded on first use. Doing it here finds damage now.
    decodedMappings(map)
    return map
  } catch (cause) {
    throw new ProfileError(`The source map of ${script} is damaged.`, { cause })
  }
}

/** Maps in sections are not supported: no loader writes them. */
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

/** Some tools write plain paths, in which `#` and `%` have no special meaning. */
function urlOf(source: string | null, resolved: string | undefined): string | undefined {
  if (source !== null && /^(\/|[A-Za-z]:[\\/])/.test(source)) return pathToFileURL(source).href
  return source === null || resolved === undefined ? undefined : URL.parse(resolved)?.href
}

/**
 * The text before a function that has a name: `name(`, `name = (`, `name: function (`. esbuild, and so tsx, keeps names
 * by a call, `name = __name((`, in which the function is anonymous to V8.
 */
const NAMED =
  /(#?[\p{ID_Start}$_][\p{ID_Continue}$]*)(?:\s*[=:]\s*(?:\/\*[^*]*\*\/\s*)?(__name\()?(?:async\s*)?(?:function\s*\*?\s*)?)?$/u

/** How many characters before a function are searched for its name. */
const LOOKED_AT = 300

/** The function's name in the source, which can differ from its name in the script. */
function nameOf(map: TraceMap, script: string, { name, line, column }: Frame): string {
  const from = Math.max(0, column - 1 - LOOKED_AT)
  const before = NAMED.exec(script.slice(from, column - 1))
  if (!before || (name === '' ? before[2] === undefined : before[1] !== name)) return name
  const start = from + before.index
  const segment = traceSegment(map, line - 1, start)
  return (segment?.length === 5 && segment[0] === start && map.names[segment[4]]) || before[1]!
}
