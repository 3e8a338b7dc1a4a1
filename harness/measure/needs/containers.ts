/** Needs that run in containers: how the engine starts them, and where to find their processes. */
import { randomBytes } from 'node:crypto'
import { basename } from 'node:path'
import type { PlannedNeed } from '../../model/needs.ts'
import { filled, type Places } from '../../scenario/needs.ts'
import { MARK } from '../both/launch-processes.ts'
import { mortal } from '../harness/command.ts'
import { type Prepared, places, placesOfCommand } from './engines.ts'

export interface Contained {
  need: PlannedNeed & { image: string; engine: string }
  /** Where it is reached on this machine. */
  port: string
  processors: number[] | undefined
  /** Names of the variables that it gets. The engine's client has their values, so that no list of processes shows them. */
  variables: string[]
}

/** What an image is started with, and how it says that it is ready. */
interface Inside {
  places: Places
  /** Words after the image. */
  words: string[]
  environment?: Record<string, string>
  ready?: string[]
}

/** The user of the database, which also has this name. */
const POSTGRES = 'postgres'

/** On Linux it shares the network of the machine, unless it has a port of its own: address translation would be measured too. */
export function inContainer({ need, port, processors, variables }: Contained): Prepared {
  const { engine, image, command = [], kind, directory } = need
  const isShared = process.platform === 'linux' && need.port === undefined
  const inner = String(need.port ?? port)
  const name = `flamegate-${need.name}-${randomBytes(6).toString('hex')}`
  const host = isShared ? '127.0.0.1' : '0.0.0.0'
  const inside = kind
    ? KINDS[kind](port, inner, host)
    : { places: placesOfCommand(kind, port), words: [] as string[] }
  const names = [...new Set([...variables, ...Object.keys(inside.environment ?? {}), 'PORT', MARK])]
  return {
    command: mortal([
      engine,
      ...['run', '--rm', '--name', name],
      ...(isShared ? ['--network', 'host'] : ['--publish', `127.0.0.1:${port}:${inner}`]),
      // The engine's daemon starts its processes, and does not inherit the client's processors.
      ...(processors && basename(engine) === 'docker' ? ['--cpuset-cpus', processors.join(',')] : []),
      ...names.flatMap(variable => ['--env', variable]),
      image,
      ...(command.length > 0
        ? command.map(word => filled(word, { ...inside.places, port: inner }))
        : inside.words),
    ]),
    directory,
    places: inside.places,
    environment: { ...inside.environment, PORT: inner },
    ready: inside.ready
      ? { by: 'command', command: [engine, 'exec', name, ...inside.ready] }
      : { by: 'port' },
    container: { engine, name },
  }
}

const KINDS: Record<
  NonNullable<PlannedNeed['kind']>,
  (port: string, inner: string, host: string) => Inside
> = {
  postgres(port, inner, host) {
    const password = randomBytes(16).toString('hex')
    const settings = { port: inner, listen_addresses: host, fsync: 'off' }
    return {
      places: {
        ...places(port, `postgres://${POSTGRES}:${password}@127.0.0.1:${port}/${POSTGRES}`),
        user: POSTGRES,
        password,
        database: POSTGRES,
      },
      words: [POSTGRES, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
      environment: { POSTGRES_PASSWORD: password, POSTGRES_INITDB_ARGS: '--no-sync' },
      // It says twice that it is ready: the first time to the scripts that create the database.
      ready: ['pg_isready', '--host', '127.0.0.1', '--port', inner, '--username', POSTGRES],
    }
  },
  redis(port, inner, host) {
    const options = ['--port', inner, '--bind', host, '--protected-mode', 'no']
    return {
      places: places(port, `redis://127.0.0.1:${port}`),
      words: ['redis-server', ...options, '--save', '', '--appendonly', 'no'],
    }
  },
}
