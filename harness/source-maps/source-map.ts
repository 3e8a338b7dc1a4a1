/** Source maps: places in a compiled script → places in its sources. */
import { decodedMappings, type SourceMapSegment, traceSegment } from '@jridgewell/trace-mapping'
import { type Frame, ProfileError, position } from '../profile/index.ts'
import { decodeMap, referenceIn, sourceUrls } from './decode.ts'
import { nameOf } from './names.ts'

/** Line ends as V8 counts them. */
export const LINE_END = /\r\n|[\n\r\u2028\u2029]/

/** The files that maps speak of. */
export interface Disk {
  /** The text at a `file:` URL; undefined when it cannot be read. */
  read(url: string): string | undefined
  /** The URL to show for a source; undefined if it cannot be opened, or no longer has the content that the map holds. */
  locate(source: string, script: string, content: string | undefined): string | undefined
}

export interface SourceMap {
  /** The function in the source; undefined if the map lacks it or the source cannot be opened. */
  find(frame: Frame): Frame | undefined
  /** The line of the file that a line of the script was compiled from; 0 if there are several or none. */
  lineIn(file: string, line: number): number
  /** URLs of the sources that were asked for, and whether each one was there. */
  asked: ReadonlyMap<string, boolean>
}

/** A compiled script; its sources are relative to its map. */
export interface Compiled {
  url: string
  /** Without it, functions keep V8's names. */
  text?: string
  /** A `data:` URL, or that of a file, relative to the script. */
  map: string
}

/** Scripts that are made from scripts: a bundle of what a compiler wrote has maps in two layers. */
const MOST_LAYERS = 4
/** Pieces of a line. One with more is minified, and from many lines. */
const MOST_SEGMENTS = 2_000

/**
 * @returns undefined when the file of the map cannot be read
 * @throws ProfileError when it is not a source map
 */
export const readSourceMap = (script: Compiled, disk: Disk): SourceMap | undefined =>
  layerOf(script, disk, new Map(), 1)

function layerOf(
  { url, text = '', map: reference }: Compiled,
  disk: Disk,
  asked: Map<string, boolean>,
  layer: number,
): SourceMap | undefined {
  const map = decodeMap(reference, url, disk.read)
  if (!map) return undefined
  const lines = decodedMappings(map)
  const texts = text.split(LINE_END)
  const urls = sourceUrls(map)
  const located = new Map<number, string | undefined>()
  const fileOf = (source: number): string | undefined => {
    const named = urls[source]
    if (named === undefined || located.has(source)) return located.get(source)
    const file = disk.locate(named, url, map.sourcesContent?.[source] ?? undefined)
    located.set(source, file)
    asked.set(file ?? named, file !== undefined)
    return file
  }
  const below = memo((file: string) =>
    layer < MOST_LAYERS ? layerBelow(file, disk, asked, layer) : undefined,
  )
  const placeOf = (segment: Readonly<SourceMapSegment>, name: string): Frame | undefined => {
    if (segment.length === 1) return undefined
    const file = fileOf(segment[1])
    const [line, column] = [position(segment[2], 1), position(segment[3], 1)]
    if (file === undefined || line === 0 || column === 0) return undefined
    const place = { name, file, line, column }
    return below(file)?.find(place) ?? place
  }
  const origins = memo((line: number): Map<string, number> => {
    const segments = lines[line - 1] ?? []
    const found = new Map<string, number>()
    if (segments.length > MOST_SEGMENTS) return found
    for (const segment of segments) {
      const place = placeOf(segment, '')
      if (place)
        found.set(place.file, [place.line, undefined].includes(found.get(place.file)) ? place.line : 0)
    }
    return found
  })
  return {
    asked,
    find(frame) {
      if (frame.column === 0) return onlyPlace(frame, origins(frame.line))
      const segment = traceSegment(map, frame.line - 1, frame.column - 1)
      return segment ? placeOf(segment, nameOf(map, texts[frame.line - 1] ?? '', frame)) : undefined
    },
    lineIn: (file, line) => origins(line).get(file) ?? 0,
  }
}

/** Without a column, a line tells where a function is only if nothing else was compiled into it. */
function onlyPlace(frame: Frame, places: Map<string, number>): Frame | undefined {
  const [[file, line] = ['', 0], ...others] = places
  return line > 0 && others.length === 0 ? { ...frame, file, line } : undefined
}

/** The map of a source that is itself the output of a compiler. One that is damaged or missing leaves it as it is. */
function layerBelow(
  url: string,
  disk: Disk,
  asked: Map<string, boolean>,
  layer: number,
): SourceMap | undefined {
  const text = /\.[cm]?js$/.test(url) ? disk.read(url) : undefined
  const map = text === undefined ? undefined : referenceIn(text)
  if (map === undefined) return undefined
  try {
    return layerOf({ url, text, map }, disk, asked, layer + 1)
  } catch (error) {
    if (error instanceof ProfileError) return undefined
    throw error
  }
}

function memo<K, V>(make: (key: K) => V): (key: K) => V {
  const made = new Map<K, V>()
  return key => {
    if (!made.has(key)) made.set(key, make(key))
    return made.get(key)!
  }
}
