/** The outermost message of pprof: how many fields of each kind it has and where, and its table of strings. */
import { ProfileError } from '../../profile/index.ts'
import { WireReader } from './wire.ts'

/** Field numbers of `Profile` in profile.proto. */
export const SAMPLE_TYPE = 1
export const SAMPLE = 2
export const MAPPING = 3
export const LOCATION = 4
export const FUNCTION = 5
const STRING = 6
export const DURATION = 10
export const PERIOD = 12
export const COMMENT = 13
export const DEFAULT_TYPE = 14
const LAST_FIELD = 15

/** Types of fields in protocol buffers. */
const VARINT = 0
const LENGTH_DELIMITED = 2

export class Message {
  readonly bytes: Uint8Array
  /** How many fields there are, by their number. */
  readonly counts: Uint32Array
  /** Strings that somebody asked for, by their index. */
  readonly #texts: (string | undefined)[]
  readonly #buffer: Buffer
  readonly #textFrom: Uint32Array
  readonly #textTo: Uint32Array

  /** Where the first of them begins and the last one ends. Fields of a kind mostly follow each other. */
  readonly #ranges: Range[]

  /** @param most fields of one kind @throws ProfileError unless all fields are whole */
  constructor(bytes: Uint8Array, most: number) {
    this.bytes = bytes
    const { counts, ranges } = findFields(bytes)
    this.counts = counts
    this.#ranges = ranges
    for (const count of counts) if (count > most) throw tooMany(most)
    this.#texts = new Array(counts[STRING]!)
    this.#buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    this.#textFrom = new Uint32Array(counts[STRING]!)
    this.#textTo = new Uint32Array(counts[STRING]!)
    let at = 0
    this.each(STRING, ({ from, to }) => {
      this.#textFrom[at] = from
      this.#textTo[at++] = to
    })
  }

  /** Calls back with a reader at each such field. */
  each(field: number, visit: (reader: WireReader) => void): void {
    const reader = new WireReader(this.bytes)
    const { from, to } = this.#ranges[field]!
    reader.enter(from, to)
    while (reader.next()) if (reader.field === field) visit(reader)
  }

  /** @throws ProfileError when there is no such string */
  text(index: number): string {
    const known = this.#texts[index]
    if (known !== undefined) return known
    const from = this.#textFrom[index]
    if (from === undefined)
      throw new ProfileError(`pprof: string ${index} is not in the table of ${this.#textFrom.length}.`)
    const text = this.#buffer.toString('utf8', from, this.#textTo[index])
    this.#texts[index] = text
    return text
  }
}

export const tooMany = (most: number): ProfileError =>
  new ProfileError(`pprof: the profile has more than ${most} samples, values, functions, strings or calls.`)

interface Range {
  from: number
  to: number
}

/** Checks the fields, types and lengths of the outermost message first, so that damage gets a clear message. */
function findFields(bytes: Uint8Array): { counts: Uint32Array; ranges: Range[] } {
  const counts = new Uint32Array(LAST_FIELD + 1)
  const ranges = Array.from(counts, () => ({ from: 0, to: 0 }))
  let at = 0
  while (at < bytes.length) {
    const field = bytes[at]! >> 3
    const type = bytes[at]! & 7
    if (field < 1 || field > LAST_FIELD || (type !== VARINT && type !== LENGTH_DELIMITED))
      throw new ProfileError(`pprof: byte ${at} starts no known field. This is not pprof, or it is damaged.`)
    const number = varint(bytes, at + 1)
    const end = type === VARINT ? number.end : number.end + number.value
    if (end > bytes.length) throw new ProfileError(`pprof: the message is truncated in field ${field}.`)
    if (counts[field]!++ === 0) ranges[field]!.from = at
    ranges[field]!.to = end
    at = end
  }
  return { counts, ranges }
}

function varint(bytes: Uint8Array, from: number): { value: number; end: number } {
  let value = 0
  for (let at = from; at < bytes.length && at < from + 10; at++) {
    value += (bytes[at]! & 127) * 2 ** (7 * (at - from))
    if (bytes[at]! < 128) return { value, end: at + 1 }
  }
  if (from + 10 <= bytes.length) throw new ProfileError(`pprof: a number at byte ${from} has no end.`)
  return { value, end: bytes.length + 1 }
}
