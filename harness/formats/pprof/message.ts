/** The outermost message of pprof: how many fields it has of each kind, where they are, and its table of strings. */
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

  /** @param most fields of one kind @throws ProfileError unless all fields are whole */
  constructor(bytes: Uint8Array, most: number) {
    this.bytes = bytes
    this.counts = countFields(bytes)
    for (const count of this.counts) if (count > most) throw tooMany(most)
    this.#texts = new Array(this.counts[STRING]!)
    this.#buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    this.#textFrom = new Uint32Array(this.counts[STRING]!)
    this.#textTo = new Uint32Array(this.counts[STRING]!)
    let at = 0
    this.each(STRING, (from, to) => {
      this.#textFrom[at] = from
      this.#textTo[at++] = to
    })
  }

  /** Calls back with where the content of each such field is. */
  each(field: number, visit: (from: number, to: number) => void): void {
    const reader = new WireReader(this.bytes)
    while (reader.next()) if (reader.field === field) visit(reader.from, reader.to)
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

/** Checks the fields, types and lengths of the outermost message first, so that damage gets a clear message. */
function countFields(bytes: Uint8Array): Uint32Array {
  const counts = new Uint32Array(LAST_FIELD + 1)
  let at = 0
  while (at < bytes.length) {
    const field = bytes[at]! >> 3
    const type = bytes[at]! & 7
    if (field < 1 || field > LAST_FIELD || (type !== VARINT && type !== LENGTH_DELIMITED))
      throw new ProfileError(`pprof: byte ${at} starts no known field. This is not pprof, or it is damaged.`)
    const number = varint(bytes, at + 1)
    at = type === VARINT ? number.end : number.end + number.value
    if (at > bytes.length) throw new ProfileError(`pprof: the message is truncated in field ${field}.`)
    counts[field]!++
  }
  return counts
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
