/** The machine's own servers: how each is started so that it leaves nothing behind and other users cannot use it. */
import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chownSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { PlannedReady } from '../../model/needs.ts'
import type { Places } from '../../scenario/needs.ts'
import type { Container } from '../both/containers.ts'
import { mortal } from '../harness/command.ts'
import { identityOf } from './user.ts'

/** Where a server is to listen and keep its data. */
export interface Spot {
  /** The server program. */
  program: string
  port: string
  /** Folder for this server alone, removed when it is stopped. */
  folder: string
  /** Runs a command that has to succeed first. */
  run(command: string[], directory: string): Promise<void>
}

export interface Prepared {
  command: string[]
  directory: string
  places: Places
  /** What it gets in addition. */
  environment?: Record<string, string>
  /** How it says that it is ready. */
  ready: PlannedReady
  container?: Container
  /** Milliseconds that it has to end even after a crash, if killing it would leave something behind. */
  grace?: number
}

/** The user of the database, which also has this name. */
const POSTGRES = 'postgres'

/**
 * A fresh cluster with a random password. It listens on loopback only, without a socket file. Nothing survives the run, so it does
 * not wait for the disk (`fsync`), whose moods would be measured too.
 */
async function postgres({ program, port, folder, run }: Spot): Promise<Prepared> {
  const data = join(folder, 'data')
  const secret = join(folder, 'password')
  const password = randomBytes(16).toString('hex')
  const { owner, as } = identityOf(POSTGRES)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  writeFileSync(secret, password, { mode: 0o600 })
  if (owner) for (const path of [folder, secret]) chownSync(path, owner.user, owner.group)
  const initdb = join(dirname(program), 'initdb')
  const settings = [
    '--auth=scram-sha-256',
    `--pwfile=${secret}`,
    '--encoding=UTF8',
    '--locale=C',
    '--no-sync',
  ]
  await run([...as, initdb, '-D', data, '-U', POSTGRES, ...settings], folder)
  rmSync(secret)
  const options = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    fsync: 'off',
    // In its folder, which is removed even after it was killed.
    dynamic_shared_memory_type: 'mmap',
  }
  return {
    command: [
      // A change of user would undo it.
      ...as,
      ...mortal([program, '-D', data, '-p', port, ...settingsOf(options)], 'INT'),
    ],
    directory: folder,
    places: {
      ...places(port, `postgres://${POSTGRES}:${password}@127.0.0.1:${port}/${POSTGRES}`),
      user: POSTGRES,
      password,
      database: POSTGRES,
    },
    grace: 1_500,
    // It accepts connections before it answers them.
    ready: { by: 'log', pattern: 'database system is ready to accept connections', flags: '' },
  }
}

const settingsOf = (options: Record<string, string>): string[] =>
  Object.entries(options).flatMap(([name, value]) => ['-c', `${name}=${value}`])

async function redis({ program, port, folder }: Spot): Promise<Prepared> {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const options = ['--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--daemonize', 'no']
  return {
    command: mortal([program, '--port', port, '--dir', folder, ...options]),
    directory: folder,
    places: places(port, `redis://127.0.0.1:${port}`),
    ready: { by: 'port' },
  }
}

export const ENGINES = { postgres, redis }

/** `postgres (PostgreSQL) 15.18 (Debian …)` → `15.18`; absent where it does not say. */
export function versionOf(program: string): string | undefined {
  try {
    const text = execFileSync(program, ['--version'], { encoding: 'utf8', timeout: 10_000 })
    return /\d+(\.\d+)+/.exec(text)?.[0]
  } catch {
    return undefined
  }
}

const SCHEMES = { postgres: 'postgres', redis: 'redis', other: 'http' }

export const places = (port: string, url: string): Places => ({
  url,
  host: '127.0.0.1',
  port,
  user: '',
  password: '',
  database: '',
})

/** Where a server is that a command of the scenario starts. */
export const placesOfCommand = (kind: 'postgres' | 'redis' | undefined, port: string): Places =>
  places(port, `${SCHEMES[kind ?? 'other']}://127.0.0.1:${port}`)

const USUAL_PORTS: Record<string, string> = {
  'postgres:': '5432',
  'postgresql:': '5432',
  'redis:': '6379',
  'rediss:': '6379',
  'https:': '443',
}

/** The parts of a URL that was given. */
export function placesOfUrl(text: string): Places {
  const { protocol, hostname, port, username, password, pathname } = new URL(text)
  return {
    url: text,
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: port || (USUAL_PORTS[protocol] ?? '80'),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    database: pathname.slice(1),
  }
}
