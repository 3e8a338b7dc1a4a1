/** The text of a file, and documents in it: JSON or YAML, with the lines of their parts. */
import { type Document, isAlias, isMap, isNode, isSeq, LineCounter, parseDocument } from 'yaml'
import { UsageError } from '../../model/errors.ts'

export interface Source {
  /** As the user gave it. */
  name: string
  content: string | Uint8Array
}

/** Names where something stands. */
export type Path = (string | number)[]

export interface Parsed {
  value: unknown
  /** `test.yml:14`; the file alone where its lines are not known. */
  placeOf(path: Path): string
}

/** What the file should be, and what to do when it is not. */
export interface Wanted {
  what: string
  advice: string
}

/** Its parser takes minutes for more than this. */
const LARGEST_YAML = 20 * 2 ** 20

/** @throws UsageError when it is not text, or has none */
export function textOf({ name: place, content }: Source, { what, advice }: Wanted): string {
  const text = typeof content === 'string' ? content.replace(/^\uFEFF/, '') : decoded(content)
  if (text === undefined)
    throw new UsageError(`${what} is not text in UTF-8, or is larger than a string can be.`, {
      place,
      advice,
    })
  if (text.trim() === '') throw new UsageError(`${what} is empty.`, { place, advice })
  return text
}

/** PowerShell writes UTF-16. */
function decoded(content: Uint8Array): string | undefined {
  const mark = Buffer.from(content.subarray(0, 2)).toString('hex')
  const encoding = mark === 'fffe' ? 'utf-16le' : mark === 'feff' ? 'utf-16be' : 'utf-8'
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(content)
  } catch {
    return undefined
  }
}

/** @throws UsageError with the line at which it is neither JSON nor YAML */
export function parsed(source: Source, wanted: Wanted): Parsed {
  const text = textOf(source, wanted)
  if (!/^\s*[{[]/.test(text)) return parsedYaml(text, source, wanted)
  return { value: parsedJson({ ...source, content: text }, wanted), placeOf: () => source.name }
}

/** @throws UsageError with the line at which it is not JSON */
export function parsedJson(source: Source, wanted: Wanted): unknown {
  const text = textOf(source, wanted)
  const { name } = source
  const { what, advice } = wanted
  try {
    return JSON.parse(text)
  } catch (cause) {
    const line = /\(line (\d+)/.exec(String(cause))?.[1]
    const place = line === undefined ? name : `${name}:${line}`
    throw new UsageError(`${what} is cut off or is not JSON.`, { place, advice, cause })
  }
}

function parsedYaml(text: string, { name }: Source, { what, advice }: Wanted): Parsed {
  if (text.length > LARGEST_YAML)
    throw new UsageError(`${what} is larger than ${LARGEST_YAML / 2 ** 20} MiB.`, {
      place: name,
      advice: 'Convert it to JSON, or leave out what is not measured.',
    })
  const lines = new LineCounter()
  const known: Known = new Map()
  const document = parseDocument(text, { lineCounter: lines, merge: true, logLevel: 'error' })
  const [error] = document.errors
  const at = (offset: number) => `${name}:${lines.linePos(offset).line}`
  if (error) {
    const details = error.message.split('\n')[0]
    throw new UsageError(`${what} is not YAML.`, { place: at(error.pos[0]), details, advice, cause: error })
  }
  const value = plainOf(() => document.toJS(), name, { what, advice })
  return {
    value,
    placeOf: path => {
      const node = path.reduce<unknown>(
        (owner, key) => childOf(owner, key, document, known),
        document.contents,
      )
      return isNode(node) && node.range ? at(node.range[0]) : name
    },
  }
}

/** The values of maps by their keys: a map can have thousands, and each is asked for. */
type Known = Map<unknown, Map<string, unknown>>

function childOf(owner: unknown, key: string | number, document: Document, known: Known): unknown {
  const node = isAlias(owner) ? owner.resolve(document) : owner
  if (isSeq(node)) return node.items[Number(key)]
  if (!isMap(node)) return undefined
  const values = known.get(node) ?? new Map(node.items.map(({ key, value }) => [String(key), value]))
  known.set(node, values)
  return values.get(String(key))
}

/** A few lines of YAML can mean more than fits into memory, or something that contains itself. */
function plainOf(read: () => unknown, place: string, { what, advice }: Wanted): unknown {
  try {
    const value = read()
    JSON.stringify(value)
    return value
  } catch (cause) {
    const [details] = (cause as Error).message.split('\n')
    throw new UsageError(`${what} contains itself, or more than fits into memory.`, {
      place,
      details,
      advice,
      cause,
    })
  }
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === 'object' && !Array.isArray(value)

export const objectOf = (value: unknown): Record<string, unknown> => (isObject(value) ? value : {})
export const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])

/** Text of a scalar; undefined for anything else. */
export const scalarText = (value: unknown): string | undefined =>
  ['string', 'number', 'boolean'].includes(typeof value) ? String(value) : undefined
