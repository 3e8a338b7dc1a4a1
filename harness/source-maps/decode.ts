/** Finds and decodes the source map of a script. */
import { pathToFileURL } from 'node:url'
import { decodedMappings, type EncodedSourceMap, FlattenMap, type TraceMap } from '@jridgewell/trace-mapping'
import { isObject } from '../formats/json.ts'
import { ProfileError } from '../profile/index.ts'

/** The reference that a script ends with; the last one counts, as for V8. */
const REFERENCE = /^[ \t]*\/\/[#@][ \t]sourceMappingURL=([^\s'"]+)[ \t]*$/gm

/** Where a script says that its map is. */
export const referenceIn = (text: string): string | undefined => [...text.matchAll(REFERENCE)].at(-1)?.[1]

/**
 * @param reference a `data:` URL, or the URL of a file, relative to the script's
 * @param read the text at a `file:` URL
 * @returns undefined when there is no such file
 * @throws ProfileError when it is not a source map
 */
export function decodeMap(
  reference: string,
  script: string,
  read: (url: string) => string | undefined,
): TraceMap | undefined {
  if (reference.startsWith('data:')) return decoded(script, script, () => contentOf(reference))
  const url = URL.parse(reference, script)?.href
  const text = url?.startsWith('file:') ? read(url) : undefined
  return url === undefined || text === undefined ? undefined : decoded(script, url, () => text)
}

function decoded(script: string, base: string, textOf: () => string): TraceMap {
  try {
    const raw: unknown = JSON.parse(textOf().replace(GUARD, ''))
    if (!isMap(raw) && !isInSections(raw)) throw new Error('not a valid source map')
    const map = new FlattenMap(raw, base)
    // Mappings are decoded on first use. Doing it here finds damage now.
    decodedMappings(map)
    return map
  } catch (cause) {
    throw new ProfileError(`The source map of ${script} is damaged.`, { cause })
  }
}

/** Servers put it in front of JSON, so that it cannot be run as a script. */
const GUARD = /^\)\]\}'[^\n]*\n/

function contentOf(dataUrl: string): string {
  const comma = dataUrl.indexOf(',')
  const body = dataUrl.slice(comma + 1)
  const isBase64 = /;base64$/i.test(dataUrl.slice(0, comma))
  return isBase64 ? Buffer.from(body, 'base64').toString() : decodeURIComponent(body)
}

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

interface InSections {
  version: 3
  sections: { offset: { line: number; column: number }; map: EncodedSourceMap }[]
}

/** What bundlers write that put finished scripts, each with its map, one after another. */
function isInSections(raw: unknown): raw is InSections {
  if (!isObject(raw) || !Array.isArray(raw.sections) || raw.sections.length === 0) return false
  const isPlace = (at: unknown) => isObject(at) && [at.line, at.column].every(Number.isInteger)
  return raw.sections.every(section => isObject(section) && isPlace(section.offset) && isMap(section.map))
}

/** The URL of each source. Some tools write plain paths, in which `#` and `%` have no special meaning. */
export const sourceUrls = ({ sources, resolvedSources }: TraceMap): (string | undefined)[] =>
  sources.map((source, at) => {
    if (source !== null && /^(\/|[A-Za-z]:[\\/])/.test(source)) return pathToFileURL(source).href
    return source === null ? undefined : URL.parse(resolvedSources[at] ?? '')?.href
  })
