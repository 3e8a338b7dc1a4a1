/**
 * Profiles of V8 as pprof, not yet compressed. Anonymous functions and columns are written as Flamegate’s own files have them, so that
 * `flamegate diff` knows functions again.
 *
 * @see https://github.com/google/pprof/blob/main/proto/profile.proto
 */
const { shown } = require('./hashes.cjs')
const { Message } = require('./protobuf.cjs')
const { stretchesOf } = require('./stretches.cjs')

/** Field numbers. */
const PROFILE = {
  sampleType: 1,
  sample: 2,
  mapping: 3,
  location: 4,
  function: 5,
  stringTable: 6,
  timeNanos: 9,
  durationNanos: 10,
  periodType: 11,
  period: 12,
  comment: 13,
  defaultSampleType: 14,
}

/** @param profile V8’s CPU profile; @returns samples, and nanoseconds that they stand for */
function encodeTime(profile, about) {
  const { samples, startTime, endTime, nodes } = profile
  const own = new Map(nodes.map(({ id }) => [id, { count: 0, value: 0 }]))
  for (const { sample, from, to } of stretchesOf(profile)) {
    own.get(sample).count++
    own.get(sample).value += (to - from) * 1e3
  }
  const types = [
    ['samples', 'count'],
    ['cpu', 'nanoseconds'],
  ]
  const valuesOf = ({ id }) => [own.get(id).count, own.get(id).value]
  const period = samples.length > 0 ? ((endTime - startTime) * 1e3) / samples.length : 0
  return encode(nodes, types, valuesOf, { ...about, period, usesLines: !profile.isCut })
}

/** @param profile V8’s sampled allocations; @param type `alloc_space` or `inuse_space` */
function encodeSpace({ head }, type, about) {
  const nodes = []
  const add = node => {
    nodes.push({ ...node, children: node.children.map(({ id }) => id) })
    for (const child of node.children) add(child)
  }
  add(head)
  return encode(nodes, [[type, 'bytes']], ({ selfSize }) => [selfSize], { ...about, period: 32_768 })
}

/** A profile of something that Node does not have. @param types names and units of its values */
const encodeNothing = types =>
  encode([], types, () => [], { comment: 'Node has none', startedAt: new Date(), duration: 0, period: 1 })

/** @param valuesOf the values of a node, without those that it calls */
function encode(nodes, types, valuesOf, { comment, startedAt, duration, period, hashNames, usesLines }) {
  const message = new Message()
  const strings = new Strings()
  const functions = new Functions(message, strings, hashNames)
  const valueType = ([type, unit]) =>
    new Message().integer(1, strings.indexOf(type)).integer(2, strings.indexOf(unit))
  for (const type of types) message.message(PROFILE.sampleType, valueType(type))
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map(child => [child, id])))
  const byId = new Map(nodes.map(node => [node.id, node]))
  const stackOf = node => {
    const stack = []
    for (let at = byId.get(parents.get(node.id)); at && parents.has(at.id); at = byId.get(parents.get(at.id)))
      stack.push(functions.location(at.callFrame))
    return stack
  }
  for (const node of nodes) {
    const values = valuesOf(node)
    if (!values.some(value => value > 0) || !parents.has(node.id)) continue
    const callers = stackOf(node)
    for (const { line, share } of linesOf(node, usesLines)) {
      const sample = new Message().packed(1, [functions.location(node.callFrame, line), ...callers])
      message.message(
        PROFILE.sample,
        sample.packed(
          2,
          values.map(value => Math.round(value * share)),
        ),
      )
    }
  }
  // Without a mapping, tools take functions for addresses that they must look up.
  message.message(PROFILE.mapping, new Message().integer(1, 1).integer(7, 1).integer(8, 1).integer(9, 1))
  message.integer(PROFILE.timeNanos, BigInt(startedAt.getTime()) * 1_000_000n)
  message.integer(PROFILE.durationNanos, Math.round(duration * 1e6))
  message.message(PROFILE.periodType, valueType(types.at(-1)))
  message.integer(PROFILE.period, Math.round(period))
  message.integer(PROFILE.comment, strings.indexOf(comment))
  message.integer(PROFILE.defaultSampleType, strings.indexOf(types.at(-1)[0]))
  for (const text of strings.all) message.text(PROFILE.stringTable, text)
  return message.bytes()
}

/** The lines that a node’s samples were in, each with its share of them. */
function linesOf({ positionTicks = [] }, uses) {
  const all = positionTicks.reduce((sum, { ticks }) => sum + ticks, 0)
  if (!uses || all === 0) return [{ line: 0, share: 1 }]
  return positionTicks.map(({ line, ticks }) => ({ line, share: ticks / all }))
}

class Strings {
  all = ['']
  #known = new Map([['', 0]])

  indexOf(text) {
    const known = this.#known.get(text)
    if (known !== undefined) return known
    this.#known.set(text, this.all.length)
    return this.all.push(text) - 1
  }
}

/** Functions and locations, written when they are first needed. */
class Functions {
  #message
  #strings
  #hashes
  #functions = new Map()
  #locations = new Map()

  constructor(message, strings, hashes) {
    this.#message = message
    this.#strings = strings
    this.#hashes = hashes
  }

  location(callFrame, line = 0) {
    const fn = this.#function(callFrame)
    const key = `${fn} ${line}`
    const known = this.#locations.get(key)
    if (known !== undefined) return known
    const id = this.#locations.size + 1
    this.#locations.set(key, id)
    const place = new Message().integer(1, fn).integer(2, line)
    this.#message.message(PROFILE.location, new Message().integer(1, id).integer(2, 1).message(4, place))
    return id
  }

  #function({ functionName, url, lineNumber, columnNumber }) {
    const key = `${functionName} ${url} ${lineNumber}:${columnNumber}`
    const known = this.#functions.get(key)
    if (known !== undefined) return known
    const id = this.#functions.size + 1
    this.#functions.set(key, id)
    const [name, file] = [functionName, url].map(text => shown(text, this.#hashes))
    const [line, column] = [lineNumber + 1, columnNumber + 1]
    const base = file.slice(file.lastIndexOf('/') + 1)
    const anonymous = line > 0 ? `(anonymous ${base}:${line}:${column})` : '(anonymous)'
    const fn = new Message()
      .integer(1, id)
      .integer(2, this.#strings.indexOf(name || anonymous))
      .integer(3, this.#strings.indexOf(`${name}@${line}:${column}`))
      .integer(4, this.#strings.indexOf(file))
      .integer(5, line)
    this.#message.message(PROFILE.function, fn)
    return id
  }
}

module.exports = { encodeTime, encodeSpace, encodeNothing }
