/**
 * From the ids that a format gives its rows to their indexes. Most writers number from 1 on, which an array finds
 * much faster than a map; others may number as they like.
 */
export class IdIndex {
  readonly #dense: Int32Array
  readonly #others = new Map<unknown, number>()

  /** `expected` is about how many ids there will be. */
  constructor(expected: number) {
    this.#dense = new Int32Array(2 * expected + 16).fill(-1)
  }

  /** −1 where there is none. */
  get(id: unknown): number {
    return (typeof id === 'number' ? this.#dense[id] : undefined) ?? this.#others.get(id) ?? -1
  }

  set(id: unknown, index: number): void {
    if (typeof id === 'number' && this.#dense[id] !== undefined) this.#dense[id] = index
    else this.#others.set(id, index)
  }
}
