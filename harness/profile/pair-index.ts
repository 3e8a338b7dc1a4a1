/** A slot has the pair's number plus 1 (0: empty), then the pair. Four fields keep a slot within one cache line. */
const WIDTH = 4

/**
 * Numbers pairs of whole numbers (−1 and up) in the order in which they are first added. A hash table in flat arrays:
 * profiles have hundreds of thousands of pairs, for which a `Map` with composed keys is several times slower.
 */
export class PairIndex {
  #slots!: Int32Array
  #first!: Int32Array
  #second!: Int32Array
  #size = 0

  /** `expected` is roughly the number of pairs; the table grows when there are more. */
  constructor(expected = 256) {
    this.#makeRoom(2 ** Math.ceil(Math.log2(Math.max(expected, 255) + 1)))
  }

  /** Empty tables for this many pairs. */
  #makeRoom(pairs: number): void {
    this.#slots = new Int32Array(2 * pairs * WIDTH)
    this.#first = new Int32Array(pairs)
    this.#second = new Int32Array(pairs)
    this.#size = 0
  }

  get size(): number {
    return this.#size
  }

  /** The pair's number; a new pair gets the next one, which is `size` before the call. */
  add(first: number, second: number): number {
    const slots = this.#slots
    const last = slots.length - 1
    let slot = (hash(first, second) * WIDTH) & last
    for (let number = slots[slot]!; number !== 0; number = slots[slot]!) {
      if (slots[slot + 1] === first && slots[slot + 2] === second) return number - 1
      slot = (slot + WIDTH) & last
    }
    const number = this.#size++
    this.#first[number] = first
    this.#second[number] = second
    slots[slot] = number + 1
    slots[slot + 1] = first
    slots[slot + 2] = second
    if (this.#size === this.#first.length) this.#grow()
    return number
  }

  /** Copies of both columns, by number. */
  columns(): { first: Int32Array; second: Int32Array } {
    return { first: this.#first.slice(0, this.#size), second: this.#second.slice(0, this.#size) }
  }

  first(number: number): number {
    return this.#first[number]!
  }

  second(number: number): number {
    return this.#second[number]!
  }

  #grow(): void {
    const { first, second } = this.columns()
    this.#makeRoom(first.length * 2)
    // All pairs differ, so they get the same numbers again.
    for (let number = 0; number < first.length; number++) this.add(first[number]!, second[number]!)
  }
}

/** Mixes both numbers into all bits. 28 bits are kept, so that a slot times `WIDTH` fits into 32 bits. */
function hash(first: number, second: number): number {
  const mixed = Math.imul(first, 0x9e3779b1) ^ Math.imul(second + 1, 0x85ebca6b)
  const spread = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d)
  return (spread ^ (spread >>> 13)) & 0xfffffff
}
