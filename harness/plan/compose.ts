/** A service of a compose file, as a target in a container. https://compose-spec.io */
import { readFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { parseEnv } from 'node:util'
import { parse } from 'yaml'
import { z } from 'zod'
import { UsageError } from '../model/errors.ts'
import type { Container, Target } from '../model/scenario.ts'
import type { World } from '../model/world.ts'
import { suggest } from '../words/suggestion.ts'
import { checked } from './problems.ts'

const scalar = z.union([z.string(), z.number(), z.boolean()])
const list = z.union([z.string(), z.array(z.string())])

const shape = z.looseObject({
  image: z.string().optional(),
  build: z
    .union([
      z.string(),
      z.strictObject({ context: z.string().optional(), dockerfile: z.string().optional() }),
    ])
    .optional(),
  command: list.optional(),
  environment: z.union([z.record(z.string(), scalar.nullable()), z.array(z.string())]).optional(),
  env_file: list.optional(),
  volumes: z
    .array(
      z.union([
        z.string(),
        z.object({
          type: z.literal('bind'),
          source: z.string(),
          target: z.string(),
          read_only: z.boolean().optional(),
        }),
      ]),
    )
    .optional(),
  ports: z.array(z.union([z.string(), z.number(), z.object({ target: z.number() })])).optional(),
  expose: z.array(z.union([z.string(), z.number()])).optional(),
  depends_on: z.union([z.array(z.string()), z.record(z.string(), z.unknown())]).optional(),
})
type Service = z.infer<typeof shape>

/** Settings without which the service would be another one. */
const REFUSED = ['entrypoint', 'user', 'working_dir', 'secrets', 'configs', 'extends', 'tmpfs', 'privileged']

/**
 * The target with what the file says of its service: image or Dockerfile, command, variables, folders and port. What the scenario
 * says itself comes first. Services that it depends on are not started, and their names lead to this machine.
 *
 * @throws UsageError when the file cannot be read, or says something that cannot be taken over
 */
export async function composed(target: Target, world: World, scenario: string): Promise<Target> {
  const { compose, service: name = target.name, ...own } = target.container ?? {}
  if (compose === undefined) return target
  const file = resolve(target.directory, compose)
  const folder = dirname(file)
  const service = await serviceIn(file, name, world, scenario)
  const build = typeof service.build === 'string' ? { context: service.build } : service.build
  const image: Pick<Container, 'image' | 'build'> =
    build === undefined ? { image: service.image } : { build: build.dockerfile ?? 'Dockerfile' }
  const [port] = [...(service.ports ?? []), ...(service.expose ?? [])].map(insidePort)
  return {
    ...target,
    ...(build !== undefined && { directory: resolve(folder, build.context ?? '.') }),
    command: target.command.length > 0 ? target.command : wordsOf(service.command),
    environment: { ...(await variablesOf(service, file, world)), ...target.environment },
    port: target.port ?? port,
    container: {
      ...image,
      volumes: [
        ...(service.volumes ?? []).map(volume => mountOf(volume, folder, file)),
        ...(own.volumes ?? []),
      ],
      hosts: Array.isArray(service.depends_on) ? service.depends_on : Object.keys(service.depends_on ?? {}),
    },
  }
}

async function serviceIn(file: string, name: string, world: World, scenario: string): Promise<Service> {
  const advice = 'Correct `compose` of the container: a path relative to `directory`.'
  const content = await readable(file, scenario, advice, parse)
  const { services = {} } = (content ?? {}) as { services?: Record<string, unknown> }
  if (services[name] === undefined)
    throw new UsageError(`There is no service \`${name}\` in ${file}.`, {
      place: scenario,
      advice: `Set \`service\` of the container. ${suggest(name, Object.keys(services), 'services')}`,
    })
  const beside = await readFile(join(dirname(file), '.env'), 'utf8').catch(() => '')
  const variables = { ...parseEnv(beside), ...world.environment }
  const filled = withVariables(services[name], variables)
  const refused = REFUSED.find(key => (filled as Record<string, unknown>)[key] !== undefined)
  if (refused !== undefined) throw untaken(file, `services.${name}.${refused}`)
  return checked(shape, filled, { what: `The service \`${name}\``, place: file, advice: INSTEAD })
}

/** @throws UsageError when there is no such file, or when what is in it makes no sense */
async function readable<T>(
  file: string,
  place: string,
  advice: string,
  read: (text: string) => T,
): Promise<T> {
  try {
    return read(await readFile(file, 'utf8'))
  } catch (cause) {
    const details = cause instanceof Error ? cause.message : String(cause)
    throw new UsageError(`The file ${file} cannot be read.`, { place, details, advice, cause })
  }
}

const INSTEAD = 'Write the `container` in the scenario instead: `image` or `build`, with `volumes`.'

const untaken = (file: string, setting: string) =>
  new UsageError(`\`${setting}\` of ${file} cannot be taken over.`, { place: file, advice: INSTEAD })

/** Fills in `$NAME`, `${NAME}`, `${NAME:-otherwise}` and `${NAME-otherwise}` in all texts. */
function withVariables(value: unknown, variables: Record<string, string | undefined>): unknown {
  if (typeof value === 'string')
    return value.replaceAll(
      /\$(?:(\$)|(\w+)|\{(\w+)(?:(:?)-([^}]*))?\})/g,
      (_, dollar?: string, plain?: string, name?: string, empty?: string, otherwise = '') => {
        if (dollar !== undefined) return dollar
        const known = variables[plain ?? name ?? '']
        return known === undefined || (empty === ':' && known === '') ? otherwise : known
      },
    )
  if (Array.isArray(value)) return value.map(each => withVariables(each, variables))
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withVariables(each, variables)]))
}

/** Like a shell's words, without anything else that a shell does. */
const wordsOf = (command: Service['command'] = []): string[] =>
  Array.isArray(command)
    ? command
    : [...command.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(([, a, b, c]) => a ?? b ?? c ?? '')

/** A variable without a value has the one of this machine. */
async function variablesOf(
  { environment = {}, env_file = [] }: Service,
  file: string,
  world: World,
): Promise<Record<string, string>> {
  const files = await Promise.all(
    [env_file]
      .flat()
      .map(path => readable(resolve(dirname(file), path), file, 'Correct its `env_file`.', parseEnv)),
  )
  const pairs = Array.isArray(environment)
    ? environment.map(text => [
        text.split('=')[0]!,
        text.includes('=') ? text.slice(text.indexOf('=') + 1) : null,
      ])
    : Object.entries(environment)
  const known = pairs.flatMap(([name, value]): [string, string][] => {
    const text = value ?? world.environment[String(name)]
    return text === undefined || text === null ? [] : [[String(name), String(text)]]
  })
  return { ...Object.assign({}, ...files), ...Object.fromEntries(known) }
}

function mountOf(volume: NonNullable<Service['volumes']>[number], folder: string, file: string): string {
  const [source = '', target = '', mode] =
    typeof volume === 'string'
      ? volume.split(':')
      : [volume.source, volume.target, volume.read_only ? 'ro' : undefined]
  if (!/^[./]/.test(source) || target === '') throw untaken(file, `volumes: ${source}`)
  return [resolve(folder, source), target, ...(mode === undefined ? [] : [mode])].join(':')
}

/** `8080:3000`, `127.0.0.1:8080:3000/tcp`, `3000`, `{ target: 3000 }` → 3000. */
function insidePort(port: NonNullable<Service['ports']>[number]): number {
  if (typeof port === 'object') return port.target
  return Number(String(port).split('/')[0]!.split(':').at(-1))
}
