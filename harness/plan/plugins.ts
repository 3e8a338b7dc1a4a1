/** Plugins: modules with capabilities that the configuration names, files of the project or installed packages. */
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { z } from 'zod'
import type { Capabilities } from '../model/capabilities.ts'
import { UsageError } from '../model/errors.ts'
import { loadConfig } from './config.ts'
import { importDefault } from './module.ts'
import { checked } from './problems.ts'

const SHAPE = 'Export a capability by default, or a list of them: `export default metric`.'

const name = z
  .string()
  .regex(/^[\w.-]{1,64}$/, 'a name of at most 64 letters, digits, dots, dashes and underscores')
const text = z.string().min(1)
const order = z.number()
const method = z.custom<() => unknown>(value => typeof value === 'function', 'a function')

/** Each kind is known by one of its methods. */
const KINDS = {
  metrics: {
    noun: 'metric',
    method: 'measure',
    schema: z.looseObject({
      id: name,
      title: text,
      unit: z.enum(['ns', 'µs', 'ms', 'bytes', '1/s', 'ratio', 'count']),
      family: z.enum(['load', 'processor', 'waiting', 'memory', 'exact', 'runtime']),
      better: z.enum(['lower', 'higher']),
      order,
      measure: method,
    }),
  },
  collectors: {
    noun: 'collector',
    method: 'start',
    schema: z.looseObject({ name, order, start: method, stop: method }),
  },
  loaders: { noun: 'loader', method: 'open', schema: z.looseObject({ name, open: method }) },
  reporters: { noun: 'reporter', method: 'render', schema: z.looseObject({ name, render: method }) },
  baselines: {
    noun: 'baseline source',
    method: 'plan',
    schema: z.looseObject({ name, prefix: text, form: text, plan: method }),
  },
} as const

type Kind = keyof typeof KINDS
type Any = Capabilities[Kind][number]

/**
 * Our own capabilities, and those of the plugins that the configuration of the folder names.
 *
 * @throws UsageError when a plugin cannot be loaded, or exports something that is not a capability
 */
export async function withPlugins(own: Capabilities, directory: string): Promise<Capabilities> {
  const { config, file } = await loadConfig(directory)
  const all = { ...own, modules: new Map<unknown, string>() }
  for (const plugin of config.plugins ?? []) {
    const path = locate(plugin, file!)
    for (const value of [await importDefault(path, 'plugin', SHAPE)].flat()) {
      const kind = kindOf(value, plugin, path)
      refuseTwin(value as Any, all[kind], kind, path)
      Object.assign(all, { [kind]: [...all[kind], value] })
      all.modules.set(value, pathToFileURL(path).href)
    }
  }
  return all
}

function locate(plugin: string, configuration: string): string {
  try {
    return createRequire(configuration).resolve(plugin)
  } catch (cause) {
    throw new UsageError(`The plugin \`${plugin}\` cannot be found.`, {
      place: configuration,
      details: cause instanceof Error ? cause.message.split('\n')[0] : String(cause),
      advice:
        'Write the path of a file, relative to the configuration and with `./` in front, or install the package.',
      cause,
    })
  }
}

/** @throws UsageError when the value is not a complete capability */
function kindOf(value: unknown, plugin: string, place: string): Kind {
  const entry = Object.entries(KINDS).find(
    ([, { method }]) => value !== null && typeof value === 'object' && method in value,
  )
  if (!entry)
    throw new UsageError(`The plugin \`${plugin}\` exports something that is not a capability.`, {
      place,
      details: Object.values(KINDS)
        .map(({ noun, method }) => `A ${noun} has a method \`${method}\`.`)
        .join('\n'),
      advice: SHAPE,
    })
  const [kind, { noun, schema }] = entry
  const what = `The ${noun} of the plugin \`${plugin}\``
  const advice = `The type of a ${noun} is exported by \`flamegate/plugin\`.`
  checked(schema as z.ZodType, value, { what, place, advice })
  return kind as Kind
}

const nameOf = (capability: Any) => ('id' in capability ? capability.id : capability.name)

function refuseTwin(value: Any, known: Any[], kind: Kind, place: string): void {
  const isTwin = (other: Any) =>
    nameOf(other) === nameOf(value) ||
    ('prefix' in other && 'prefix' in value && other.prefix === value.prefix)
  if (!known.some(isTwin)) return
  throw new UsageError(`There is already a ${KINDS[kind].noun} \`${nameOf(value)}\`.`, {
    place,
    advice: 'Give the one in the plugin another name.',
  })
}
