/** Reads messages of protocol buffers in place, without an object for each field. */
import { ProfileError } from '../../profile/index.ts'

/** Types of fields. */
const VARINT = 0
const FIXED_64 = 1
const LENGTH_DELIMITED = 2
const FIXED_32 = 5

const HIGH = 2 ** 32
/** High words of numbers below 2^53, which `number` holds. */
const EXACT = 2 ** 21

/** Large ids need all of their 64 bits. */
export type Id = number | bigint

export class WireReader {
  readonly #bytes: Uint8Array
  #end: number
  #at = 0
  /** Where the next field begins. */
  #next = 0
  /** Whether the field is a number that was not asked for yet. */
  #isSingle = false
  /** The last number: both halves are signed, because such numbers need no object of their own. */
  #low = 0
  #high = 0
  /** Number of the field. */
  field = 0
  /** Where the content of the field is; empty unless it has a length. */
  from = 0
  to = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#end = bytes.length
  }

  /** Goes to the message that is the content of a field. */
  enter(from: number, to: number): void {
    this.#next = from
    this.#end = to
  }

  /** Goes to the next field of the message. @returns whether there is one @throws ProfileError when it is not whole */
  next(): boolean {
    if (this.#next >= this.#end) return false
    this.#at = this.#next
    this.#readNumber()
    this.field = this.#low >>> 3
    const type = this.#low & 7
    this.#isSingle = type === VARINT
    if (type === VARINT || type === LENGTH_DELIMITED) this.#readNumber()
    else if (type !== FIXED_64 && type !== FIXED_32) throw damaged()
    this.from = this.to = this.#at
    if (type === LENGTH_DELIMITED) this.to += this.number
    this.#next = type === FIXED_64 ? this.to + 8 : type === FIXED_32 ? this.to + 4 : this.to
    if (this.to < this.from || this.#next > this.#end) throw damaged()
    return true
  }

  /** Goes to the next number of a field that has several, packed or not. @throws ProfileError when it is not whole */
  nextNumber(): boolean {
    if (this.#isSingle) {
      this.#isSingle = false
      return true
    }
    if (this.#at >= this.to) return false
    this.#readNumber()
    if (this.#at > this.to) throw damaged()
    return true
  }

  /** Signed, as all numbers are that are not ids; above 2^53 they lose their last digits. */
  get number(): number {
    return this.#high === 0 && this.#low >= 0 ? this.#low : this.#high * HIGH + (this.#low >>> 0)
  }

  get id(): Id {
    if (this.#high === 0 && this.#low >= 0) return this.#low
    const [high, low] = [this.#high >>> 0, this.#low >>> 0]
    return high < EXACT ? high * HIGH + low : (BigInt(high) << 32n) | BigInt(low)
  }

  #readNumber(): void {
    const bytes = this.#bytes
    let at = this.#at
    const first = bytes[at++]!
    const second = first < 128 ? 0 : bytes[at++]!
    // Nearly all numbers have one byte or two. Beyond the end there is nothing, which compares with nothing.
    if (!(first >= 128 && second >= 128)) {
      this.#low = (first & 127) | (second << 7)
      this.#high = 0
      this.#at = at
      return
    }
    let low = (first & 127) | ((second & 127) << 7)
    let high = 0
    let byte = second
    for (let shift = 14; byte >= 128; shift += 7) {
      if (shift > 63 || at >= bytes.length) throw damaged()
      byte = bytes[at++]!
      const bits = byte & 127
      if (shift < 32) low |= bits << shift
      if (shift > 31) high |= bits << (shift - 32)
      else if (shift === 28) high = bits >>> 4
    }
    this.#low = low
    this.#high = high
    this.#at = at
  }
}

const damaged = () => new ProfileError('pprof: a message inside the profile is damaged.')
