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

/** The path of each option, by its variable. */
const PATHS = new Map(pathsIn(SHAPE.fields, []).map(path => [variableOf(path), path]))

function pathsIn(fields, above) {
  return Object.entries(fields).flatMap(([name, field]) => {
    const path = [...above, name]
    return field.fields ? [path, ...pathsIn(field.fields, path)] : [path]
  })
}

/** @throws TypeError when a variable names no option */
function optionsFrom(environment) {
  const options = {}
  const given = Object.entries(environment).filter(([name]) => name.startsWith(PREFIX))
  // A group that is off comes before what is in it.
  for (const [name, text] of given.sort(([a], [b]) => a.length - b.length)) {
    const path = PATHS.get(name)
    if (!path)
      throw new TypeError(
        `flamegate/probe: there is no option for ${name}. Known variables: ${[...PATHS.keys()].join(', ')}.`,
      )
    const group = path.slice(0, -1).reduce((at, key) => {
      at[key] = at[key] || {}
      return at[key]
    }, options)
    group[path.at(-1)] = readVariable(text)
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
