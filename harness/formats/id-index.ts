/** Maps ids of a file to indexes. Most writers count from 1, and an array finds those much faster than a map does. */
export class IdIndex {
  readonly #dense: Int32Array
  readonly #others = new Map<unknown, number>()

  /** `expected` is about how many ids there will be. */
  constructor(expected: number) {
    this.#dense = new Int32Array(2 * expected + 16).fill(-1)
  }

  /** −1 for an unknown id. */
  get(id: unknown): number {
    return (typeof id === 'number' ? this.#dense[id] : undefined) ?? this.#others.get(id) ?? -1
  }

  set(id: unknown, index: number): void {
    if (typeof id === 'number' && this.#dense[id] !== undefined) this.#dense[id] = index
    else this.#others.set(id, index)
  }
}
