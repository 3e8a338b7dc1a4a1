/** Frameworks, clients, versions of Node and kinds of module: whether the wait is named, and the function that waits. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { share } from '../../harness/words/numbers.ts'
import type { Context, Target } from '../experiment.ts'
import { flamegate } from '../flamegate.ts'
import { runAll, type WaitsResults } from './results.ts'

const SCENARIO = 'validate/waits/places.scenario.ts'

/** What npm installs for them. */
const PACKAGES = [
  'express',
  'fastify',
  'koa',
  'hono',
  '@hono/node-server',
  'undici',
  'axios',
  'pg',
  'mysql2',
  'ioredis',
]

/** The function that waits in all of them. */
const FUNCTION = 'readOrder'

/** Share of a typical request that the wait must take: the other service needs 5 ms, and the rest very little. */
const LEAST = 0.6

interface Place {
  name: string
  environment: Record<string, string>
  /** What is waited for. */
  what: RegExp
  file?: string
  node?: string
}

const UPSTREAM = /upstream/
const byFramework = (FRAMEWORK: string): Place => ({
  name: `${FRAMEWORK} with fetch`,
  environment: { FRAMEWORK, CLIENT: 'fetch' },
  what: UPSTREAM,
})
const byClient = (CLIENT: string, what: RegExp): Place => ({ name: CLIENT, environment: { CLIENT }, what })

const PLACES: Place[] = [
  ...['express', 'fastify', 'koa', 'hono'].map(byFramework),
  ...['http', 'undici', 'axios'].map(client => byClient(client, UPSTREAM)),
  byClient('pg', /PostgreSQL/),
  byClient('mysql2', /MySQL/),
  byClient('ioredis', /Redis/),
  ...['22', '24', '26'].map(version => ({
    ...byClient('fetch', UPSTREAM),
    name: `Node ${version}`,
    node: `node@${version}`,
  })),
  { ...byClient('http', UPSTREAM), name: 'CommonJS', file: 'server.cjs' },
  { name: 'a worker of a cluster', environment: { CLIENT: 'http', CLUSTER: 'yes' }, what: UPSTREAM },
]

const QUICK = ['express with fetch', 'CommonJS']

interface Seen {
  /** The longest wait of a typical request, its share of it, and the function that it is in. */
  what: string
  share: number
  place: string
}

export async function* places(
  { quick, signal, folder }: Context,
  results: WaitsResults,
): AsyncGenerator<Target> {
  const items = PLACES.filter(({ name }) => !quick || QUICK.includes(name))
  const modules = await installed(join(folder, 'modules'), signal)
  const lines = await runAll(
    {
      part: 'places',
      items,
      runs: 1,
      measure: (place, output) => seenIn(place, modules, output, signal),
      said: (place, seen) => `${isRight(place, seen) ? '✔' : '✖'} ${place.name}: ${wordsOf(seen)}`,
    },
    results,
    signal,
  )
  yield* items.flatMap(place =>
    lines
      .filter(({ name }) => name === place.name)
      .map(seen => ({
        name: `${place.name}: the wait and its function are named`,
        value: wordsOf(seen),
        bound: `${place.what.source}, ${FUNCTION}`,
        met: isRight(place, seen),
      })),
  )
}

/** Installs the packages once for each run. */
async function installed(folder: string, signal: AbortSignal): Promise<string> {
  if (existsSync(join(folder, 'node_modules'))) return folder
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n')
  await execa('npm', ['install', '--no-audit', '--no-fund', ...PACKAGES], {
    cwd: folder,
    cancelSignal: signal,
  })
  return folder
}

async function seenIn(place: Place, modules: string, output: string, signal: AbortSignal): Promise<Seen> {
  const environment = {
    PLACE: JSON.stringify({ ...place.environment, MODULES: modules }),
    ...(place.file !== undefined && { PLACE_FILE: place.file }),
    ...(place.node !== undefined && { PLACE_NODE: place.node }),
  }
  const options = ['--aa', '--rounds', '1', '--output', output]
  const { times = [] } = await flamegate([SCENARIO, ...options], { environment, signal })
  const typical = times.find(({ requests }) => requests === 'typical')
  const [first] = (typical?.rows ?? [])
    .filter(({ what }) => what.startsWith('[waiting'))
    .toSorted((a, b) => b.after - a.after)
  return first
    ? { what: first.what, share: first.after / typical!.latency.after, place: first.place?.function ?? '' }
    : { what: 'nothing', share: 0, place: '' }
}

const isRight = ({ what }: Place, seen: Seen): boolean =>
  what.test(seen.what) && seen.place === FUNCTION && seen.share >= LEAST

const wordsOf = ({ what, share: part, place }: Seen): string =>
  `${what} ${share(part)} in ${place || 'no function'}`
