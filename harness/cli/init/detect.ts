/** Finds out about a project: its framework, how it is built and started, and its routes. */
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { extname, join, relative } from 'node:path'
import { ignoredIn, isIgnored } from '../../git/repository.ts'
import { UsageError } from '../../model/errors.ts'
import { isCommandName } from '../command.ts'
import type { Host } from '../host.ts'
import { type GraphqlQuery, graphqlOf } from './conventions.ts'
import { portOf } from './port.ts'
import { findRoutes } from './routes.ts'
import type { SourceFile } from './source-file.ts'
import { readStart, type Start } from './start.ts'
import { type Surroundings, slashed, surroundingsOf, upwards } from './surroundings.ts'

/** The first one that a project uses; some are built on others that come later. */
export const FRAMEWORKS = {
  next: 'Next.js',
  nuxt: 'Nuxt',
  nitropack: 'Nitro',
  '@sveltejs/kit': 'SvelteKit',
  astro: 'Astro',
  '@nestjs/core': 'NestJS',
  '@react-router/serve': 'React Router',
  elysia: 'Elysia',
  '@hapi/hapi': 'hapi',
  'graphql-yoga': 'GraphQL Yoga',
  '@apollo/server': 'Apollo Server',
  fastify: 'fastify',
  express: 'express',
  koa: 'koa',
  hono: 'hono',
  '@trpc/server': 'tRPC',
} as const

/** Where a framework's build puts the server, by package: its projects have no start script. */
const BUILT_SERVERS: Record<string, string> = {
  nuxt: '.output/server/index.mjs',
  nitropack: '.output/server/index.mjs',
  '@sveltejs/adapter-node': 'build/index.js',
  '@astrojs/node': 'dist/server/entry.mjs',
}

export interface Project {
  name: string
  /** As people write it. */
  framework: string
  /** Extension of the files that are written. */
  extension: string
  /** Absent when it is not clear how it is started. */
  start?: Start
  /** The build command, if the file that is started is not in git. */
  build?: string[]
  /** Settings files that git ignores. */
  copy: string[]
  /** Paths that it answers to GET, without those for health checks. */
  routes: string[]
  /** Path for health checks. */
  ready?: string
  /** What a GraphQL service is asked. */
  graphql?: GraphqlQuery
  /** Whether a source mentions `PORT`; and if none does, the one port that they listen on. */
  mentionsPort: boolean
  port?: number
  surroundings: Surroundings
  /** Where Flamegate is installed, relative to the repository. */
  installed: string
}

interface Manifest {
  name?: string
  type?: string
  main?: string
  scripts?: Record<string, string>
  dependencies?: Record<string, string>
  devDependencies?: Record<string, string>
}

const SOURCES = ['.js', '.mjs', '.cjs', '.ts', '.mts', '.cts']
const NO_SOURCES =
  /^(\..*|node_modules|dist|build|out|tests?|__tests__|__mocks__|e2e|specs?|coverage|scenarios|targets)$/

/** More would not say anything new. */
const MOST_SOURCES = 300
const USUAL_ENTRIES = ['server', 'index', 'app', 'main', 'src/server', 'src/index', 'src/app', 'src/main']

/** @throws UsageError when the folder has no package.json */
export async function detect(host: Host): Promise<Project> {
  const directory = host.cwd()
  const manifest = await readManifest(directory)
  const used = { ...manifest.devDependencies, ...manifest.dependencies }
  const files = await sourcesIn(directory)
  const surroundings = await surroundingsOf(host)
  const top = surroundings.root === undefined ? directory : join(directory, surroundings.root)
  const locate = (path: string) => {
    const home = upwards(directory, top).find(folder => existsSync(join(folder, 'node_modules', path)))
    return slashed(relative(directory, join(home ?? directory, 'node_modules', path)))
  }
  const start = startOf(manifest, directory, used, program => locate(join('.bin', program)))
  const build = await buildFor(manifest, start, surroundings, host)
  const ignored = await ignoredIn(directory, host.env)
  return {
    name: nameFrom((manifest.name ?? '').replace(/^@[^/]*\//, ''), 'service'),
    framework:
      Object.entries(FRAMEWORKS).find(([name]) => Object.hasOwn(used, name))?.[1] ?? 'a plain server',
    extension: await extensionFor(directory, manifest.type === 'module'),
    start,
    build,
    copy: ignored.filter(path => /^\.env(\.[\w.-]+)?$/.test(path)),
    ...findRoutes(files),
    graphql: graphqlOf(files, used),
    ...portOf([...files, ...(await startedFiles(directory, start))]),
    surroundings,
    installed: slashed(relative(top, join(directory, locate('flamegate')))),
  }
}

async function readManifest(directory: string): Promise<Manifest> {
  const place = join(directory, 'package.json')
  const text = await readFile(place, 'utf8').catch(() => {
    throw new UsageError('There is no package.json here.', {
      place: directory,
      advice: 'Run this in the folder of the service; `npm init` makes one.',
    })
  })
  try {
    return JSON.parse(text) as Manifest
  } catch (cause) {
    throw new UsageError('The package.json is not valid JSON.', { place, advice: 'Fix it.', cause })
  }
}

/** The part of a text that can name a file, and a scenario, which must not be called like a command. */
export function nameFrom(text: string, otherwise: string, suffix = otherwise): string {
  const name = text.replaceAll(/[^\w.-]+/g, '-').replace(/^\W+/, '') || otherwise
  return isCommandName(name) ? `${name}-${suffix}` : name
}

function startOf(
  manifest: Manifest,
  directory: string,
  used: Record<string, string>,
  locate: (program: string) => string,
): Start | undefined {
  const entry = builtServer(manifest, used) ?? entryOf(manifest, directory)
  const { scripts = {} } = manifest
  // `nest start` compiles at each start, and keeps a process of its own.
  const compilesFirst = /^nest start\b/.test(scripts.start ?? '') && scripts.build !== undefined
  const script = compilesFirst ? (scripts['start:prod'] ?? 'node dist/main') : scripts.start
  const start = readStart(script, entry, locate)
  // Not all TypeScript is erasable: a project that has a loader needs it.
  const needsLoader = !manifest.scripts?.start && Object.hasOwn(used, 'tsx') && /\.[cm]?ts$/.test(entry ?? '')
  return start && needsLoader ? { ...start, command: ['node', '--import', 'tsx', entry!] } : start
}

function builtServer({ scripts = {} }: Manifest, used: Record<string, string>): string | undefined {
  if (scripts.start !== undefined || scripts.build === undefined) return undefined
  return Object.entries(BUILT_SERVERS).find(([name]) => Object.hasOwn(used, name))?.[1]
}

/** Relative path: the manifest's `main` if it exists or a build makes it, or a usual name. */
function entryOf({ main, scripts }: Manifest, directory: string): string | undefined {
  const usual = USUAL_ENTRIES.flatMap(name => SOURCES.map(extension => name + extension))
  if (main?.includes('/') && scripts?.build !== undefined) return main
  return [...(main ? [main] : []), ...usual].find(path => existsSync(join(directory, path)))
}

/** What the start script runs first; or else the build of a file that git ignores; or else npm's `prestart`. */
async function buildFor(
  { scripts = {} }: Manifest,
  start: Start | undefined,
  { manager = 'npm', root }: Surroundings,
  host: Host,
): Promise<string[] | undefined> {
  if (!start || start.command[0] === 'npm') return undefined
  const file = start.command.slice(1).find(word => SOURCES.includes(extname(word)))
  const exists = file !== undefined && existsSync(join(host.cwd(), file))
  const isKept = exists && (root === undefined || !(await isIgnored(host.cwd(), file, host.env)))
  const isOutput = file === undefined ? startsOutput(start.command) : !isKept
  if (start.build) return start.build
  if (isOutput && scripts.build) return [manager, 'run', 'build']
  return scripts.prestart ? [manager, 'run', 'prestart'] : undefined
}

/** Whether a command runs what a build has made: in a folder for it, or by a framework that serves its own builds. */
const startsOutput = ([program = '', first = '']: string[]): boolean =>
  /^(\.\/)?(dist|build|out|lib)\b/.test(first) || (/(^|\/)next$/.test(program) && first === 'start')

/** Files of the start command without the extension of a source, such as `bin/www`. */
async function startedFiles(directory: string, start: Start | undefined): Promise<SourceFile[]> {
  const words = (start?.command.slice(1) ?? []).filter(word => !word.startsWith('-') && extname(word) === '')
  const texts = words.map(path => readFile(join(directory, path), 'utf8').catch(() => ''))
  return (await Promise.all(texts)).map((text, at) => ({ path: words[at]!, text }))
}

async function sourcesIn(directory: string): Promise<SourceFile[]> {
  const paths = (await pathsIn(directory, directory)).slice(0, MOST_SOURCES)
  return await Promise.all(
    paths.map(async path => ({
      path: slashed(path),
      text: await readFile(join(directory, path), 'utf8').catch(() => ''),
    })),
  )
}

/** Tests ask for paths, too. */
const isSource = (name: string) =>
  SOURCES.includes(extname(name)) && !/\.(?:test|spec)\.[cm]?[jt]s$/.test(name)

async function pathsIn(directory: string, within: string): Promise<string[]> {
  const entries = await readdir(within, { withFileTypes: true }).catch(() => [])
  const nested = await Promise.all(
    entries.map(async entry => {
      const path = join(within, entry.name)
      if (entry.isFile()) return isSource(entry.name) ? [relative(directory, path)] : []
      return entry.isDirectory() && !NO_SOURCES.test(entry.name) ? await pathsIn(directory, path) : []
    }),
  )
  return nested.flat()
}

/**
 * The extension of the files that `init` writes: TypeScript, which Node runs as it is, unless the project's compiler would
 * compile them too. It would refuse the imports, and put all of its output one folder deeper.
 *
 * @param esm whether the project's `.ts` and `.js` files are modules
 */
export async function extensionFor(directory: string, esm: boolean): Promise<string> {
  const config = await readFile(join(directory, 'tsconfig.json'), 'utf8').catch(() => undefined)
  if (config !== undefined && compilesAll(config)) return '.mjs'
  return esm ? '.ts' : '.mts'
}

/** Whether it compiles files in `scenarios/` and `targets/`; true when the file alone does not say so. */
function compilesAll(config: string): boolean {
  const plain = config.replaceAll(/^\s*\/\/.*$|\/\*(?!\*\/)[^"]*?\*\//gm, '')
  if (/"noEmit"\s*:\s*true/.test(plain) && /"allowImportingTsExtensions"\s*:\s*true/.test(plain)) return false
  const included = /"include"\s*:\s*\[([^\]]*)\]/.exec(plain)?.[1]
  const files = /"files"\s*:\s*\[/.test(plain)
  if (included === undefined) return !files
  const patterns = [...included.matchAll(/"([^"]*)"/g)].map(match => match[1]!.replace(/^\.\//, ''))
  return patterns.some(pattern => /^(\*|scenarios|targets|$)/.test(pattern))
}
