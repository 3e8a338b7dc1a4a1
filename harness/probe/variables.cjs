/** Options of the probe from the environment: `FLAMEGATE_PROBE_STORE_FOLDER` is `store.folder`. */
const { SHAPE } = require('./options.cjs')

const PREFIX = 'FLAMEGATE_PROBE_'

/** `loopDelay` → `LOOP_DELAY` */
const variableOf = path =>
  PREFIX +
  path
    .join('_')
    .replaceAll(/[A-Z]/g, letter => `_${letter}`)
    .toUpperCase()

/** The path of each option and what it must be, by its variable. */
const OPTIONS = new Map(optionsIn(SHAPE.fields, []).map(option => [variableOf(option.path), option]))

function optionsIn(fields, above) {
  return Object.entries(fields).flatMap(([name, { fields: inside = {}, expected }]) => {
    const path = [...above, name]
    return [{ path, expected }, ...optionsIn(inside, path)]
  })
}

/** @throws TypeError when a variable names no option */
function optionsFrom(environment) {
  const options = {}
  const given = Object.entries(environment).filter(([name]) => name.startsWith(PREFIX))
  // A group that is off comes before what is in it.
  for (const [name, text] of given.sort(([a], [b]) => a.length - b.length)) {
    const option = OPTIONS.get(name)
    if (!option)
      throw new TypeError(
        `flamegate/probe: there is no option for ${name}. Known variables: ${[...OPTIONS.keys()].join(', ')}.`,
      )
    const { path, expected } = option
    const group = path.slice(0, -1).reduce((at, key) => {
      at[key] = at[key] || {}
      return at[key]
    }, options)
    // A version can be a number, and a service can be called “on”.
    group[path.at(-1)] = expected === 'text' ? text : readVariable(text)
  }
  return options
}

/** Switches and numbers; everything else is text. */
function readVariable(text) {
  if (text === 'true' || text === 'on') return true
  if (text === 'false' || text === 'off') return false
  return /^\d+$/.test(text) ? Number(text) : text
}

module.exports = { optionsFrom }
