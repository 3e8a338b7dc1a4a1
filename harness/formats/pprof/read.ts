import type { Profile } from '../../model/profile.ts'
import { ProfileBuilder, ProfileError } from '../../profile/index.ts'
import { gunzipIfNeeded, MAX_BYTES } from '../content.ts'
import { readLocations } from './locations.ts'
import {
  COMMENT,
  DEFAULT_TYPE,
  DURATION,
  FUNCTION,
  Message,
  PERIOD,
  SAMPLE,
  SAMPLE_TYPE,
  tooMany,
} from './message.ts'
import { readSamples, StackReader } from './samples.ts'
import { WireReader } from './wire.ts'

/**
 * Reads pprof, gzipped or not. Inlined functions become frames of their own; addresses are not kept.
 *
 * @param most samples, functions, locations, strings, calls and so on, each: small files can hold profiles that fill the memory
 */
export function decodePprof(
  bytes: Uint8Array,
  maxBytes = MAX_BYTES,
  most = Number.POSITIVE_INFINITY,
): Profile {
  const message = new Message(gunzipIfNeeded(bytes, maxBytes), most)
  const { types, shown, ...about } = readAbout(message, most)
  if (types.length === 0) throw new ProfileError('pprof: the profile does not name a sample type.')
  const order = typeOrder(types, shown)
  const valueTypes = order.map(at => ({
    type: message.text(types[at]!.type),
    unit: message.text(types[at]!.unit),
  }))
  const { [SAMPLE]: samplesIn = 0, [FUNCTION]: functionsIn = 0 } = message.counts
  // A stack has about one more that only leads to it.
  const builder = new ProfileBuilder(valueTypes, 2 * samplesIn, functionsIn)
  const locations = readLocations(message, builder, most)
  const samples = readSamples(message, new StackReader(message, builder, locations, most), order, most)
  return builder.build(about, samples)
}

/** Indexes into the table of strings. */
interface ValueType {
  type: number
  unit: number
}

/** Everything that is not about samples. */
function readAbout(message: Message, most: number) {
  const types: ValueType[] = []
  const comments: string[] = []
  const inner = new WireReader(message.bytes)
  let [duration, period, shown] = [0, 0, 0]
  message.each(SAMPLE_TYPE, ({ from, to }) => {
    inner.enter(from, to)
    types.push(readType(inner))
  })
  message.each(DURATION, ({ number }) => {
    duration = number / 1e6
  })
  message.each(PERIOD, ({ number }) => {
    period = number
  })
  message.each(DEFAULT_TYPE, ({ number }) => {
    shown = number
  })
  message.each(COMMENT, reader => {
    while (reader.nextNumber()) {
      comments.push(message.text(reader.number))
      if (comments.length > most) throw tooMany(most)
    }
  })
  return { types, shown, duration, period, comments }
}

function readType(reader: WireReader): ValueType {
  const read = { type: 0, unit: 0 }
  while (reader.next()) {
    if (reader.field === 1) read.type = reader.number
    else if (reader.field === 2) read.unit = reader.number
  }
  return read
}

/** The profile's default type goes to the end, where `Profile` has it. */
function typeOrder(types: ValueType[], shown: number): number[] {
  const last = shown ? types.findIndex(({ type }) => type === shown) : -1
  const order = [...types.keys()].filter(at => at !== last)
  return last === -1 ? order : [...order, last]
}
