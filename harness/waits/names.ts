/** What requests wait for, in words: these are names of frames, so they never change. */
import type { WaitCause, WaitFrame } from '../model/waits.ts'
import { packageName } from '../profile/index.ts'
import type { PartKind } from './times.ts'

const PARTS: Record<Exclude<PartKind, 'wait' | 'queue'>, string> = {
  own: '[own work]',
  others: "[others' work on the loop]",
  collection: '[garbage collection]',
  processor: '[waiting for a processor]',
  blocked: '[main thread blocked]',
  delivery: '[on the way]',
  watching: '[followed by Flamegate]',
  unexplained: '[unexplained]',
}

const KINDS: Record<string, string> = {
  files: 'files',
  lookup: 'a DNS lookup',
  dns: 'DNS',
  connect: 'a connection',
  tls: 'a TLS handshake',
  http: 'HTTP',
  socket: 'a socket',
  client: 'the rest of the request',
  crypto: 'crypto on the thread pool',
  compression: 'compression on the thread pool',
  timer: 'a timer',
  'back-pressure': 'a slow reader',
  'child process': 'a child process',
  worker: 'a worker thread',
  'another request': 'another request',
}

/** What listens at a port, unless the code that talks to it says otherwise. */
const PORTS: Record<string, string> = {
  3306: 'MySQL',
  5432: 'PostgreSQL',
  6379: 'Redis',
  9042: 'Cassandra',
  9092: 'Kafka',
  5672: 'RabbitMQ',
  11211: 'memcached',
  27017: 'MongoDB',
}

/** By the package that waits: it speaks one protocol. */
const PROTOCOLS: Record<string, string> = {
  pg: 'PostgreSQL',
  'pg-pool': 'PostgreSQL',
  postgres: 'PostgreSQL',
  ioredis: 'Redis',
  redis: 'Redis',
  '@redis/client': 'Redis',
  mysql: 'MySQL',
  mysql2: 'MySQL',
  mariadb: 'MySQL',
  mongodb: 'MongoDB',
  'cassandra-driver': 'Cassandra',
  kafkajs: 'Kafka',
  amqplib: 'RabbitMQ',
  memjs: 'memcached',
}

/** Packages that lend connections. */
const POOLS = new Set(['pg-pool', 'generic-pool', 'tarn', 'mysql2', 'mysql', 'mariadb', 'mongodb', 'knex'])

/** What is said of those that have a peer. */
const TOWARDS: Record<string, string> = {
  connect: 'a connection to',
  tls: 'a TLS handshake with',
}

/** Frames, innermost first: of the wait, and of code that reads what is waited for. */
interface Code {
  frames: WaitFrame[]
  reader?: WaitFrame[]
}

/** @param needs names of what the service needs, by port */
export function nameOf(
  kind: PartKind,
  cause: WaitCause | undefined,
  { frames, reader = [] }: Code,
  needs: Record<string, string> = {},
): string {
  if (kind !== 'wait' && kind !== 'queue') return PARTS[kind]
  const { kind: what = 'unknown', peer } = cause ?? {}
  const packages = packagesOf(frames)
  if (kind === 'queue') return '[waiting for a thread of the pool]'
  if (what === 'another request')
    return POOLS.has(packages[0] ?? '')
      ? '[waiting for a pooled connection]'
      : '[waiting for another request]'
  if (what === 'unknown') return '[waiting, unknown for what]'
  const port = peer?.split(':').at(-1) ?? ''
  // Ports of what the service needs differ from run to run, and sometimes from variant to variant.
  const need = needs[port]
  const spoken = [...packages, ...packagesOf(reader)].map(name => PROTOCOLS[name])
  const protocol = spoken.find(Boolean) ?? PORTS[port]
  const isProtocol = what === 'socket' && protocol !== undefined
  const named = isProtocol ? protocol : (KINDS[what] ?? what)
  if (need !== undefined && (what === 'socket' || what === 'http')) return `[waiting for ${need} (${named})]`
  if (isProtocol || peer === undefined) return `[waiting for ${named}]`
  return `[waiting for ${TOWARDS[what] ?? named} ${need ?? peer}]`
}

const packagesOf = (frames: WaitFrame[]): string[] =>
  frames.map(({ file }) => packageName(file)).filter(name => name !== '')
