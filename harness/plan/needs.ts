/** Decides how each need of a target is started. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { UsageError } from '../model/errors.ts'
import type { Need, NeedReady, PlannedNeed, PlannedReady } from '../model/needs.ts'
import type { PlannedVariant } from '../model/plan.ts'
import type { Target } from '../model/scenario.ts'
import type { World } from '../model/world.ts'
import { usualVariables } from '../scenario/needs.ts'
import { engineIn, inPath } from './engine.ts'

/** Where Linux distributions and Homebrew keep the server, which is often not in PATH. */
const POSTGRES_FOLDERS = ['/usr/lib/postgresql', '/usr/pgsql', '/opt/homebrew/opt', '/usr/local/opt']

const SERVERS = { postgres: 'postgres', redis: 'redis-server' } as const
const TITLES = { postgres: 'PostgreSQL', redis: 'Redis' } as const

/** @throws UsageError when one cannot be started on this machine */
export function planNeeds(
  target: Target,
  variants: PlannedVariant[],
  world: World,
  file: string,
): PlannedNeed[] | undefined {
  const needs = Object.entries(target.needs ?? {}).map(([name, need]) => {
    const { seed, reset, env, per = 'run', timeout = 30_000, environment = {}, port } = need
    return {
      name,
      kind: need.kind,
      ...startOf(name, need, world, file),
      directory: need.directory ?? target.directory,
      environment,
      port,
      ready: readyOf(need.ready, world),
      variables: env ?? usualVariables(name),
      seed: seed && withNode(seed, world),
      reset: reset && withNode(reset, world),
      per,
      timeout,
    }
  })
  refuseClashes(needs, variants, file)
  return needs.length > 0 ? needs : undefined
}

const withNode = ([program, ...args]: string[], { platform }: World): string[] => [
  program === 'node' ? platform.execPath : program!,
  ...args,
]

function readyOf(ready: NeedReady | undefined, world: World): PlannedReady {
  if (ready === undefined) return { by: 'port' }
  if (typeof ready === 'string') return { by: 'path', path: ready }
  if ('command' in ready) return { by: 'command', command: withNode(ready.command, world) }
  const { log } = ready
  return typeof log === 'string'
    ? { by: 'log', pattern: escaped(log), flags: '' }
    : { by: 'log', pattern: log.source, flags: log.flags.replaceAll(/[gy]/g, '') }
}

const escaped = (text: string) => text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&')

function startOf(
  name: string,
  need: Need,
  world: World,
  file: string,
): Pick<PlannedNeed, 'command' | 'server' | 'image' | 'engine' | 'url'> {
  const { kind, command, image, url } = need
  if (image !== undefined) {
    const engine = engineIn(world)
    if (engine) return { image, engine, command: command && [...command] }
    throw new UsageError(
      `The need \`${name}\` has an image, and there is no podman or docker on this machine.`,
      {
        place: file,
        advice: kind
          ? `Install one of them, or leave \`image\` out, so that the machine's own ${TITLES[kind]} is used.`
          : 'Install one of them, or start the container elsewhere and give its `url`.',
      },
    )
  }
  if (url !== undefined) return { url }
  if (command) return { command: withNode(command, world) }
  const program = kind && programOf(kind, world)
  if (program) return { server: program }
  const { [kind!]: title } = TITLES
  throw new UsageError(
    `The need \`${name}\` is ${title}, and there is no \`${SERVERS[kind!]}\` on this machine.`,
    {
      place: file,
      advice: `Install ${title} (\`apt-get install ${kind === 'redis' ? 'redis-server' : 'postgresql'}\`), or give the \`url\` of a server that runs already, for example in a container.`,
    },
  )
}

/** The machine's own server program: in PATH, or the newest where packages put it. */
function programOf(kind: keyof typeof SERVERS, world: World): string | undefined {
  return inPath(SERVERS[kind], world, kind === 'postgres' ? POSTGRES_FOLDERS.flatMap(installed) : [])
}

/** `bin` folders below a folder of versions, the newest first. */
function installed(folder: string): string[] {
  try {
    const version = (name: string) => Number(/\d+/.exec(name)?.[0] ?? 0)
    const names = readdirSync(folder).filter(name => /^(postgresql@?)?\d*$/.test(name))
    return names.toSorted((a, b) => version(b) - version(a)).map(name => join(folder, name, 'bin'))
  } catch {
    return []
  }
}

/** A variable with two values has one by accident. */
function refuseClashes(needs: PlannedNeed[], variants: PlannedVariant[], file: string): void {
  for (const { name, variables } of needs) {
    for (const variable of Object.keys(variables)) {
      const also = needs.find(other => other.name !== name && Object.hasOwn(other.variables, variable))
      const variant = variants.find(({ environment }) => Object.hasOwn(environment, variable))
      const by = also
        ? `the need \`${also.name}\``
        : variant && `\`environment\` of variant \`${variant.id}\``
      if (!by) continue
      throw new UsageError(`\`${variable}\` is set by the need \`${name}\` and by ${by}.`, {
        place: file,
        advice: 'Remove one of them, or choose the variables of the need with `env`.',
      })
    }
  }
}
