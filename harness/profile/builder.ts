import type { Labels, Profile } from '../model/profile.ts'
import { PairIndex } from './pair-index.ts'

/** Builds a profile. What is added twice is stored once, under the same index. */
export class ProfileBuilder {
  readonly #strings = new Map<string, number>([['', 0]])
  /** A function is a pair of a text (name and file) and a place (line and column). */
  readonly #texts: PairIndex
  readonly #places: PairIndex
  readonly #functions: PairIndex
  readonly #locations: PairIndex
  readonly #stacks: PairIndex
  /** By stack plus 1, its latest callee, which is mostly the next one too and is found without the table. */
  #callee = new Int32Array(256).fill(-1)
  readonly #stack: number[] = []
  readonly #values: number[][]
  readonly #time: number[] = []
  readonly #labels = new Map<number, Labels>()
  readonly #valueTypes: Profile['valueTypes']

  /** What is expected only saves time. */
  constructor(valueTypes: Profile['valueTypes'], expectedStacks?: number, expectedFunctions?: number) {
    this.#stacks = new PairIndex(expectedStacks)
    this.#texts = new PairIndex(expectedFunctions)
    this.#places = new PairIndex(expectedFunctions)
    this.#functions = new PairIndex(expectedFunctions)
    this.#locations = new PairIndex(expectedFunctions)
    this.#valueTypes = valueTypes
    this.#values = valueTypes.map(() => [])
  }

  string(text: string): number {
    const known = this.#strings.get(text)
    if (known !== undefined) return known
    this.#strings.set(text, this.#strings.size)
    return this.#strings.size - 1
  }

  /** `line` and `column` are 1-based, 0 where unknown. */
  function(name = '', file = '', line = 0, column = 0): number {
    const text = this.#texts.add(this.string(name), this.string(file))
    return this.#functions.add(text, this.#places.add(line, column))
  }

  location(fn: number, line = 0): number {
    return this.#locations.add(fn, line)
  }

  /** The stack that `location` makes when called from the stack `parent` (−1: outermost). */
  stack(parent: number, location: number): number {
    const last = this.#callee[parent + 1]!
    if (last !== -1 && this.#stacks.second(last) === location) return last
    const stack = this.#stacks.add(parent, location)
    this.#callee[parent + 1] = stack
    if (stack + 2 > this.#callee.length) this.#makeRoom()
    return stack
  }

  #makeRoom(): void {
    const callee = new Int32Array(4 * this.#callee.length).fill(-1)
    callee.set(this.#callee)
    this.#callee = callee
  }

  /** `time` is in milliseconds; either every sample has one or none has. */
  sample(stack: number, values: ArrayLike<number>, labels?: Labels, time?: number): void {
    if (labels) this.#labels.set(this.#stack.length, labels)
    if (time !== undefined) this.#time.push(time)
    this.#stack.push(stack)
    for (let type = 0; type < this.#values.length; type++) this.#values[type]!.push(values[type] ?? 0)
  }

  /**
   * `duration` is in milliseconds, `period` in the unit of the last value type. A reader that has whole columns of
   * samples gives them here; otherwise the profile has the samples that were added one by one.
   */
  build(
    about: { duration?: number; period?: number; comments?: string[] } = {},
    samples = this.#samples(),
  ): Profile {
    const { first: text, second: place } = this.#functions.columns()
    const [texts, places] = [this.#texts.columns(), this.#places.columns()]
    const locations = this.#locations.columns()
    const stacks = this.#stacks.columns()
    return {
      strings: [...this.#strings.keys()],
      functions: {
        name: picked(texts.first, text),
        file: picked(texts.second, text),
        line: picked(places.first, place),
        column: picked(places.second, place),
      },
      locations: { function: new Uint32Array(locations.first), line: new Uint32Array(locations.second) },
      stacks: { parent: stacks.first, location: new Uint32Array(stacks.second) },
      valueTypes: this.#valueTypes,
      samples,
      duration: about.duration ?? 0,
      period: about.period ?? 0,
      comments: about.comments ?? [],
    }
  }

  #samples(): Profile['samples'] {
    return {
      stack: new Int32Array(this.#stack),
      values: this.#values.map(column => new Float64Array(column)),
      time: this.#time.length > 0 ? new Float64Array(this.#time) : undefined,
      labels: this.#labels,
    }
  }
}

/** Many times faster than `Uint32Array.from`. */
function picked(from: Int32Array, places: Int32Array): Uint32Array {
  const column = new Uint32Array(places.length)
  for (let at = 0; at < column.length; at++) column[at] = from[places[at]!]!
  return column
}
