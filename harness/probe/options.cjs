/** The options of the probe, checked when it starts: a wrong one is an error then, and not silence for months. */
const { duration, growth, share, size } = require('./quantity.cjs')

const text = {
  expected: 'text',
  read: value => (typeof value === 'string' && value !== '' ? value : undefined),
}
const onOff = { expected: 'true or false', read: value => (typeof value === 'boolean' ? value : undefined) }
const time = { expected: "a time, for example '60s'", read: duration }
const bytes = { expected: "a size, for example '512MiB'", read: size }
const part = { expected: "a share, for example '5%'", read: share }
const pace = { expected: "a size in a time, for example '10MiB/min'", read: growth }
const count = {
  expected: 'a whole number from 1 on',
  read: value => (Number.isSafeInteger(value) && value >= 1 ? value : undefined),
}
const port = {
  expected: 'a port, from 0 to 65535',
  read: value => (Number.isInteger(value) && value >= 0 && value <= 65_535 ? value : undefined),
}
const signal = {
  expected: 'the name of a signal, such as SIGUSR2',
  read: value => (/^SIG[A-Z0-9]+$/.test(String(value)) && value !== 'SIGUSR1' ? value : undefined),
}

const address = {
  expected: 'an address that begins with http:// or https://',
  read: value => (/^https?:\/\/[^/]/.test(String(value)) ? String(value).replace(/\/+$/, '') : undefined),
}

/** A group of options that can be switched off as a whole. */
const group = fields => ({ fields })

const SHAPE = group({
  service: text,
  version: text,
  store: group({ folder: text, keep: bytes, files: count }),
  secret: text,
  forwarded: onOff,
  continuous: group({ window: time, interval: time }),
  triggers: group({
    loopDelay: time,
    p99: time,
    errors: part,
    starved: part,
    heapGrowth: pace,
    signal,
  }),
  limits: group({ capture: time, cooldown: time, perDay: count, utilisation: part }),
  waits: group({ every: time, for: time, perSecond: count }),
  allocation: group({ every: time, for: time }),
  endpoints: group({ port, host: text }),
  send: group({ url: address, token: text }),
  hashNames: onOff,
})

const DEFAULTS = {
  forwarded: false,
  continuous: { window: '60s', interval: '10ms' },
  store: { keep: '512MiB', files: 10_000 },
  triggers: { loopDelay: '200ms', signal: 'SIGUSR2' },
  limits: { capture: '10s', cooldown: '60s', perDay: 50, utilisation: '95%' },
  waits: { every: '60s', for: '1s', perSecond: 20 },
  allocation: { every: '60s', for: '10s' },
  endpoints: { host: '127.0.0.1' },
  hashNames: false,
}

/** Switched off unless they are given. */
const ON_REQUEST = new Set(['store', 'endpoints', 'waits', 'allocation', 'send'])

/** @returns the options with numbers instead of texts; @throws TypeError that names the option and what it must be */
function readOptions(given = {}) {
  const options = readGroup(given, SHAPE.fields, DEFAULTS, '')
  if (options.service === undefined) throw wrong('service', 'is missing; it must be text')
  const { continuous, store, endpoints, waits, allocation, send } = options
  if (store && store.folder === undefined) throw wrong('store.folder', 'is missing; it must be text')
  if (endpoints && endpoints.port === undefined)
    throw wrong('endpoints.port', `is missing; it must be ${port.expected}`)
  if (send && send.url === undefined) throw wrong('send.url', `is missing; it must be ${address.expected}`)
  for (const [name, group] of Object.entries({ waits, allocation }))
    if (group && group.for >= group.every)
      throw wrong(
        `${name}.for`,
        `is not shorter than \`${name}.every\`; most of the time nothing may be watched`,
      )
  if (waits && !store) throw wrong('store', 'is missing, where waits are kept')
  if ((given.continuous || allocation) && !store && !send)
    throw wrong('store', 'is missing, where windows and allocations are kept; or `send`, where they go')
  // Without a folder and an address, there is nowhere for windows to go.
  return { ...options, continuous: store || send ? continuous : false }
}

function readGroup(given, fields, defaults, place) {
  for (const name of Object.keys(given))
    if (!Object.hasOwn(fields, name)) throw unknown(place + name, Object.keys(fields))
  const read = {}
  for (const [name, field] of Object.entries(fields)) {
    const at = place + name
    const own = given[name]
    const isOff = own === false && (field.fields !== undefined || place === 'triggers.')
    if (isOff || (own === undefined && ON_REQUEST.has(at))) read[name] = false
    else if (field.fields) {
      if (own !== undefined && (own === null || typeof own !== 'object'))
        throw wrong(at, 'must be an object, or false')
      read[name] = readGroup(own ?? {}, field.fields, defaults?.[name], `${at}.`)
    } else read[name] = readValue(own ?? defaults?.[name], field, at)
  }
  return read
}

function readValue(value, { read, expected }, place) {
  if (value === undefined) return undefined
  const known = read(value)
  if (known === undefined) throw wrong(place, `is ${JSON.stringify(value)}; it must be ${expected}`)
  return known
}

const wrong = (place, problem) => new TypeError(`flamegate/probe: the option \`${place}\` ${problem}.`)

function unknown(place, known) {
  const name = place.split('.').at(-1)
  const [nearest] = known.map(each => ({ each, far: distance(name, each) })).sort((a, b) => a.far - b.far)
  const hint = nearest.far <= 3 ? `Did you mean \`${nearest.each}\`?` : `Known options: ${known.join(', ')}.`
  return new TypeError(`flamegate/probe: there is no option \`${place}\`. ${hint}`)
}

/** Letters to insert, remove or replace (Levenshtein). */
function distance(a, b) {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++)
      next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1))
    row = next
  }
  return row[b.length]
}

module.exports = { readOptions, SHAPE }
