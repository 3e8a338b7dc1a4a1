/** Finds what can be plugged in: every file of a capability folder that has a default export. */
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

/** Runs from the sources and from the compiled package: the files are named like this one. */
const EXTENSION = import.meta.filename.endsWith('.ts') ? '.ts' : '.js'

const HARNESS = import.meta.dirname
const REPORTS = join(HARNESS, '..', 'reports')

export async function loadCapabilities(): Promise<Capabilities> {
  const [loaders, collectors, metrics, reporters, baselines] = await Promise.all([
    loadFolder<Loader>(join(HARNESS, 'loaders')),
    loadFolder<Collector>(join(HARNESS, 'collectors')),
    loadFolder<Metric>(join(HARNESS, 'metrics')),
    loadFolder<Reporter>(REPORTS),
    loadFolder<BaselineSource>(join(HARNESS, 'baselines')),
  ])
  return { loaders, collectors, metrics, reporters, baselines }
}

/**
 * Default exports of a folder's files, and of its folders that have an `index`, sorted by file name. What has no
 * default export is a helper of its neighbours and is left alone.
 */
export async function loadFolder<T>(folder: string): Promise<T[]> {
  const files = existsSync(folder) ? await candidates(folder) : []
  const modules = await Promise.all(files.map(file => import(pathToFileURL(file).href)))
  return modules.flatMap(module => (module.default ?? []) as T | T[])
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
