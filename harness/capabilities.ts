/** Finds the capabilities: every file of their folders that has a default export, and the plugins of a project. */
import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type {
  BaselineSource,
  Capabilities,
  Collector,
  Loader,
  Metric,
  Reporter,
} from './model/capabilities.ts'
import { withPlugins } from './plan/index.ts'

/** Runs from the sources and from the compiled package: the files are named like this one. */
const EXTENSION = import.meta.filename.endsWith('.ts') ? '.ts' : '.js'

const HARNESS = import.meta.dirname
const REPORTS = join(HARNESS, '..', 'reports')

/**
 * @param directory whose configuration may name plugins; without it, only our own are found
 * @throws UsageError when a plugin cannot be used
 */
export async function loadCapabilities(directory?: string): Promise<Capabilities> {
  const [loaders, collectors, metrics, reporters, baselines] = await Promise.all([
    loadFolder<Loader>(join(HARNESS, 'loaders')),
    loadFolder<Collector>(join(HARNESS, 'collectors')),
    loadFolder<Metric>(join(HARNESS, 'metrics')),
    loadFolder<Reporter>(REPORTS),
    loadFolder<BaselineSource>(join(HARNESS, 'baselines')),
  ])
  const own = { loaders, collectors, metrics, reporters, baselines }
  return directory === undefined ? own : await withPlugins(own, directory)
}

/**
 * Default exports of a folder's files, and of its folders that have an `index`, in the order of the file names. A file
 * exports one capability or a list of them; a file without a default export is a helper of its neighbours.
 */
export async function loadFolder<T>(folder: string): Promise<T[]> {
  const files = existsSync(folder) ? await candidates(folder) : []
  const modules: { default?: T | T[] }[] = await Promise.all(
    files.map(file => import(pathToFileURL(file).href)),
  )
  return modules.flatMap(module => module.default ?? [])
}

async function candidates(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  return entries
    .map(entry =>
      entry.isDirectory() ? join(folder, entry.name, `index${EXTENSION}`) : join(folder, entry.name),
    )
    .filter(path => path.endsWith(EXTENSION) && !path.endsWith('.d.ts') && existsSync(path))
    .sort()
}
