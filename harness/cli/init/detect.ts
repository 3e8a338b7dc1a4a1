/** What a project says of itself: its framework, how it is started, and what it answers. */
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { extname, join, relative } from 'node:path'
import { UsageError } from '../../model/errors.ts'
import { findRoutes } from './routes.ts'
import { readStart, type Start } from './start.ts'

export const FRAMEWORKS = ['fastify', 'express', 'koa', 'hono'] as const

export interface Project {
  name: string
  framework: (typeof FRAMEWORKS)[number] | 'plain'
  /** Whether its `.ts` and `.js` files are modules. */
  esm: boolean
  /** Absent when nothing says how it is started. */
  start?: Start
  /** Paths that it answers to GET, without those that only tell of its health. */
  routes: string[]
  /** Path that tells of its health. */
  ready?: string
  /** Whether any of its sources reads `PORT`. */
  readsPort: boolean
  system: 'github' | 'gitlab'
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
const NO_SOURCES = ['node_modules', 'dist', 'build', 'test', 'tests', 'coverage', 'scenarios', 'targets']

/** More say nothing new, and a folder of them may be anything. */
const MOST_SOURCES = 300
const USUAL_ENTRIES = ['server', 'index', 'app', 'main', 'src/server', 'src/index', 'src/app', 'src/main']

/** @throws UsageError when the folder is no project of Node */
export async function detect(directory: string): Promise<Project> {
  const manifest = await readManifest(directory)
  const used = { ...manifest.devDependencies, ...manifest.dependencies }
  const texts = await Promise.all(
    (await sourcesIn(directory)).map(path => readFile(join(directory, path), 'utf8').catch(() => '')),
  )
  const start = readStart(manifest.scripts?.start, entryOf(manifest, directory))
  return {
    name: nameFor(manifest.name),
    framework: FRAMEWORKS.find(name => Object.hasOwn(used, name)) ?? 'plain',
    esm: manifest.type === 'module',
    ...(start && { start }),
    ...findRoutes(texts),
    readsPort: texts.some(text => /\benv(?:\.PORT\b|\[['"]PORT['"]\])/.test(text)),
    system: existsSync(join(directory, '.gitlab-ci.yml')) ? 'gitlab' : 'github',
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

/** The part of the package's name that can be the name of a file. */
const nameFor = (name = 'service') =>
  name
    .replace(/^@[^/]*\//, '')
    .replaceAll(/[^\w.-]+/g, '-')
    .replace(/^[^\w]+/, '') || 'service'

/** Relative paths; the manifest's `main` when it is there, or a usual name. */
function entryOf({ main }: Manifest, directory: string): string | undefined {
  const usual = USUAL_ENTRIES.flatMap(name => SOURCES.map(extension => name + extension))
  return [...(main ? [main] : []), ...usual].find(path => existsSync(join(directory, path)))
}

async function sourcesIn(directory: string, within = directory): Promise<string[]> {
  const entries = await readdir(within, { withFileTypes: true }).catch(() => [])
  const nested = await Promise.all(
    entries.map(async entry => {
      const path = join(within, entry.name)
      if (entry.isFile()) return SOURCES.includes(extname(entry.name)) ? [relative(directory, path)] : []
      const passed = entry.name.startsWith('.') || NO_SOURCES.includes(entry.name) || !entry.isDirectory()
      return passed ? [] : await sourcesIn(directory, path)
    }),
  )
  return nested.flat().slice(0, MOST_SOURCES)
}
