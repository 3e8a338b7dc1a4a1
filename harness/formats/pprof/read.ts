import * as pprof from 'pprof-format'
import type { Labels, Profile } from '../../model/profile.ts'
import { ProfileBuilder, ProfileError, position } from '../../profile/index.ts'
import { gunzipIfNeeded, MAX_BYTES } from '../content.ts'
import { IdIndex } from '../id-index.ts'
import { readName } from './function-names.ts'

type Numeric = number | bigint

/** Types of fields in protocol buffers. */
const VARINT = 0
const LENGTH_DELIMITED = 2
/** Field numbers of `Profile` in profile.proto. */
const LAST_FIELD = 15

/** Reads pprof, gzipped or not. Inlined functions become frames of their own; addresses are not kept. */
export function decodePprof(bytes: Uint8Array, maxBytes = MAX_BYTES): Profile {
  const content = gunzipIfNeeded(bytes, maxBytes)
  checkMessage(content)
  let message: pprof.Profile
  try {
    message = pprof.Profile.decode(content)
  } catch (cause) {
    throw new ProfileError('pprof: a message inside the profile is damaged.', { cause })
  }
  return readMessage(message)
}

/** Checks the fields, wire types and lengths of the outermost message first, so that damage gets a clear message. */
function checkMessage(bytes: Uint8Array): void {
  let at = 0
  while (at < bytes.length) {
    const field = bytes[at]! >> 3
    const wire = bytes[at]! & 7
    if (field < 1 || field > LAST_FIELD || (wire !== VARINT && wire !== LENGTH_DELIMITED))
      throw new ProfileError(`pprof: byte ${at} starts no known field. This is not pprof, or it is damaged.`)
    const number = varint(bytes, at + 1)
    at = wire === VARINT ? number.end : number.end + number.value
    if (at > bytes.length) throw new ProfileError(`pprof: the message is truncated in field ${field}.`)
  }
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

function readMessage(message: pprof.Profile): Profile {
  const text = textReader(message.stringTable.strings)
  if (message.sampleType.length === 0)
    throw new ProfileError('pprof: the profile does not name a sample type.')
  const order = typeOrder(message)
  const types = order.map(at => {
    const { type, unit } = message.sampleType[at]!
    return { type: text(type), unit: text(unit) }
  })
  const builder = new ProfileBuilder(types)
  const framesAt = readLocations(message, builder, text)
  for (const { locationId, value, label } of message.sample) {
    if (value.length !== types.length)
      throw new ProfileError(`pprof: a sample has ${value.length} values for ${types.length} types.`)
    let stack = -1
    for (let at = locationId.length - 1; at >= 0; at--) {
      const frames = framesAt(locationId[at]!)
      for (let frame = 0; frame < frames.length; frame++) stack = builder.stack(stack, frames[frame]!)
    }
    const values = order.map(at => signed(value[at]!))
    builder.sample(stack, values, label.length > 0 ? readLabels(label, text) : undefined)
  }
  return builder.build({
    duration: signed(message.durationNanos) / 1e6,
    period: signed(message.period),
    comments: message.comment.map(text),
  })
}

/** The profile's default type goes to the end, where `Profile` has it. */
function typeOrder({ sampleType, defaultSampleType }: pprof.Profile): number[] {
  const shown = defaultSampleType ? sampleType.findIndex(({ type }) => type === defaultSampleType) : -1
  const order = [...sampleType.keys()].filter(at => at !== shown)
  return shown === -1 ? order : [...order, shown]
}

/** Frames of each location, outermost first. */
function readLocations(message: pprof.Profile, builder: ProfileBuilder, text: (index: Numeric) => string) {
  const functions = readFunctions(message, builder, text)
  const files = new Map(message.mapping.map(({ id, filename }) => [id, text(filename)]))
  const ids = new IdIndex(message.location.length)
  const locations: number[][] = []
  for (const { id, line, address, mappingId } of message.location) {
    if (!id) throw new ProfileError('pprof: a location has the id 0, which is reserved.')
    const frames = line.map(at => {
      // Function id 0 means "not known".
      const fn = at.functionId ? functions.get(at.functionId) : builder.function(unresolved(address))
      if (fn === undefined)
        throw new ProfileError(
          `pprof: location ${id} refers to function ${at.functionId}, which does not exist.`,
        )
      return builder.location(fn, position(signed(at.line)))
    })
    const bare = () => [builder.location(builder.function(unresolved(address), files.get(mappingId) ?? ''))]
    ids.set(id, locations.push(frames.length > 0 ? frames.reverse() : bare()) - 1)
  }
  return (id: Numeric): number[] => {
    const frames = locations[ids.get(id)]
    if (!frames) throw new ProfileError(`pprof: a sample refers to location ${id}, which does not exist.`)
    return frames
  }
}

function readFunctions(message: pprof.Profile, builder: ProfileBuilder, text: (index: Numeric) => string) {
  const functions = new Map<Numeric, number>()
  for (const { id, name, systemName, filename, startLine } of message.function) {
    if (!id) throw new ProfileError('pprof: a function has the id 0, which is reserved.')
    const own = readName(text(name), text(systemName), position(signed(startLine)))
    functions.set(id, builder.function(own.name, text(filename), own.line, own.column))
  }
  return functions
}

const unresolved = (address: Numeric): string => (address ? `0x${address.toString(16)}` : '(unknown)')

function readLabels(labels: pprof.Label[], text: (index: Numeric) => string): Labels {
  const read: Labels = {}
  for (const { key, str, num, numUnit } of labels) {
    const value = signed(num)
    read[text(key)] = str ? text(str) : numUnit ? { value, unit: text(numUnit) } : value
  }
  return read
}

function textReader(strings: string[]) {
  return (index: Numeric): string => {
    const found = strings[Number(index)]
    if (found === undefined)
      throw new ProfileError(`pprof: string ${index} is not in the table of ${strings.length}.`)
    return found
  }
}

/** pprof has signed integers of 64 bits; above 2^53 they lose their last digits. */
const signed = (value: Numeric): number =>
  typeof value === 'bigint' ? Number(BigInt.asIntN(64, value)) : value
