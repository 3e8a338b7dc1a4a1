/** Samples of pprof: their stacks, values and labels. */
import type { Labels, Profile } from '../../model/profile.ts'
import { type ProfileBuilder, ProfileError } from '../../profile/index.ts'
import type { Locations } from './locations.ts'
import { type Message, SAMPLE, tooMany } from './message.ts'
import { WireReader } from './wire.ts'

/** @param order where the values of each type are in a sample @param most values */
export function readSamples(
  message: Message,
  stacks: StackReader,
  order: readonly number[],
  most: number,
): Profile['samples'] {
  const count = message.counts[SAMPLE]!
  const types = order.length
  // Each value takes a byte at least. What somebody claims to send must not be what is allocated.
  if (count * types > message.bytes.length)
    throw new ProfileError(`pprof: there are fewer values than ${count} samples of ${types} types have.`)
  if (count * types > most) throw tooMany(most)
  const stack = new Int32Array(count)
  const columns = order.map(() => new Float64Array(count))
  const labels = new Map<number, Labels>()
  const row = new Float64Array(types)
  const reader = new WireReader(message.bytes)
  const label = new WireReader(message.bytes)
  let sample = 0
  message.each(SAMPLE, ({ from, to }) => {
    let values = 0
    let own: Labels | undefined
    stacks.begin()
    reader.enter(from, to)
    while (reader.next()) {
      if (reader.field === 1) stacks.add(reader)
      else if (reader.field === 2) while (reader.nextNumber()) row[values++] = reader.number
      else if (reader.field === 3) {
        label.enter(reader.from, reader.to)
        own ??= {}
        readLabel(label, own, message)
      }
    }
    if (values !== types) throw new ProfileError(`pprof: a sample has ${values} values for ${types} types.`)
    stack[sample] = stacks.end()
    for (let type = 0; type < types; type++) columns[type]![sample] = row[order[type]!]!
    if (own) labels.set(sample, own)
    sample++
  })
  return { stack, values: columns, labels }
}

function readLabel(reader: WireReader, labels: Labels, message: Message): void {
  let [key, text, value, unit] = [0, 0, 0, 0]
  while (reader.next()) {
    if (reader.field === 1) key = reader.number
    else if (reader.field === 2) text = reader.number
    else if (reader.field === 3) value = reader.number
    else if (reader.field === 4) unit = reader.number
  }
  const read = unit ? { value, unit: message.text(unit) } : value
  labels[message.text(key)] = text ? message.text(text) : read
}

/** Frames that locations stand for, per byte of a message. Only a profile that was made to take long has more. */
const MOST_FRAMES = 16

/** Makes stacks of the locations of samples, which begin with the innermost one. */
export class StackReader {
  readonly #builder: ProfileBuilder
  readonly #locations: Locations
  readonly #most: number
  #places = new Int32Array(64)
  #depth = 0
  /** Frames that may still come. */
  #left: number

  /** @param most stacks that differ */
  constructor(message: Message, builder: ProfileBuilder, locations: Locations, most: number) {
    this.#builder = builder
    this.#locations = locations
    this.#most = most
    this.#left = MOST_FRAMES * message.bytes.length
  }

  begin(): void {
    this.#depth = 0
  }

  /** @param reader at a field of locations */
  add(reader: WireReader): void {
    const { ids } = this.#locations
    while (reader.nextNumber()) {
      const place = ids.get(reader.id)
      if (place === -1)
        throw new ProfileError(`pprof: a sample refers to location ${reader.id}, which does not exist.`)
      if (this.#depth === this.#places.length) this.#grow()
      this.#places[this.#depth++] = place
    }
  }

  #grow(): void {
    const places = new Int32Array(2 * this.#places.length)
    places.set(this.#places)
    this.#places = places
  }

  /** @returns the stack; −1 without a location */
  end(): number {
    const { frames, start } = this.#locations
    let stack = -1
    for (let at = this.#depth - 1; at >= 0; at--) {
      const [place, last] = [this.#places[at]!, start[this.#places[at]! + 1]!]
      this.#left -= last - start[place]!
      if (this.#left < 0) throw tooMany(this.#most)
      for (let frame = start[place]!; frame < last; frame++)
        stack = this.#builder.stack(stack, frames[frame]!)
      if (stack >= this.#most) throw tooMany(this.#most)
    }
    return stack
  }
}
