/** Functions and locations of pprof, with their names as V8 gave them. */
import { type ProfileBuilder, ProfileError, position } from '../../profile/index.ts'
import { IdIndex } from '../id-index.ts'
import { readName } from './function-names.ts'
import { FUNCTION, LOCATION, MAPPING, type Message, tooMany } from './message.ts'
import { type Id, WireReader } from './wire.ts'

export interface Locations {
  ids: IdIndex
  /** Those of location `at` are from `start[at]` to before `start[at + 1]`, outermost first. */
  frames: number[]
  start: Uint32Array
}

export function readLocations(message: Message, builder: ProfileBuilder, most: number): Locations {
  const frameOf = frameReader(message, builder)
  const files = readMappings(message)
  const count = message.counts[LOCATION]!
  const [ids, start, frames] = [new IdIndex(count), new Uint32Array(count + 1), [] as number[]]
  const reader = new WireReader(message.bytes)
  let read = 0
  message.each(LOCATION, ({ from, to }) => {
    let id: Id = 0
    let mapping: Id = 0
    let address: Id = 0
    const lines: number[] = []
    reader.enter(from, to)
    while (reader.next()) {
      if (reader.field === 1) id = reader.id
      else if (reader.field === 2) mapping = reader.id
      else if (reader.field === 3) address = reader.id
      else if (reader.field === 4) lines.push(reader.from, reader.to)
    }
    if (!id) throw new ProfileError('pprof: a location has the id 0, which is reserved.')
    // The innermost function comes first.
    const own: number[] = []
    for (let at = 0; at < lines.length; at += 2) own.push(frameOf(lines[at]!, lines[at + 1]!, id, address))
    if (own.length === 0)
      own.push(builder.location(builder.function(unresolved(address), files.get(mapping) ?? '')))
    for (let at = own.length - 1; at >= 0; at--) frames.push(own[at]!)
    if (frames.length > most) throw tooMany(most)
    ids.set(id, read++)
    start[read] = frames.length
  })
  return { ids, frames, start }
}

/** Makes a function that reads a line of a location. */
function frameReader(message: Message, builder: ProfileBuilder) {
  const functions = readFunctions(message, builder)
  const reader = new WireReader(message.bytes)
  return (from: number, to: number, location: Id, address: Id): number => {
    let id: Id = 0
    let line = 0
    reader.enter(from, to)
    while (reader.next()) {
      if (reader.field === 1) id = reader.id
      else if (reader.field === 2) line = reader.number
    }
    // Function id 0 means "not known".
    const fn = id ? functions.get(id) : builder.function(unresolved(address))
    if (fn === -1)
      throw new ProfileError(`pprof: location ${location} refers to function ${id}, which does not exist.`)
    return builder.location(fn, position(line))
  }
}

function readFunctions(message: Message, builder: ProfileBuilder): IdIndex {
  const functions = new IdIndex(message.counts[FUNCTION]!)
  const reader = new WireReader(message.bytes)
  message.each(FUNCTION, ({ from, to }) => {
    let id: Id = 0
    let [name, system, file, line] = [0, 0, 0, 0]
    reader.enter(from, to)
    while (reader.next()) {
      if (reader.field === 1) id = reader.id
      else if (reader.field === 2) name = reader.number
      else if (reader.field === 3) system = reader.number
      else if (reader.field === 4) file = reader.number
      else if (reader.field === 5) line = reader.number
    }
    if (!id) throw new ProfileError('pprof: a function has the id 0, which is reserved.')
    const own = readName(message.text(name), message.text(system), position(line))
    functions.set(id, builder.function(own.name, message.text(file), own.line, own.column))
  })
  return functions
}

function readMappings(message: Message): Map<Id, string> {
  const files = new Map<Id, string>()
  const reader = new WireReader(message.bytes)
  message.each(MAPPING, ({ from, to }) => {
    let id: Id = 0
    let file = 0
    reader.enter(from, to)
    while (reader.next()) {
      if (reader.field === 1) id = reader.id
      else if (reader.field === 5) file = reader.number
    }
    files.set(id, message.text(file))
  })
  return files
}

const unresolved = (address: Id): string => (address ? `0x${address.toString(16)}` : '(unknown)')
