/** What `compare-packages` installed: a folder for each version, with the dependencies that npm chose for it. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../experiment.ts'

/** npm's own list of what it has put into a folder, by place. */
export type Installed = Record<string, { version?: string }>

const MODULES = 'node_modules/'

export const folderOf = (spec: string): string =>
  join(ROOT, '.bench', 'cache', 'packages', spec.replaceAll('/', '+'))

/** The package itself, and the dependencies that came, went or have another version: what an upgrade changes. */
export function changedPackages(before: string, after: string): string[] {
  const [old, fresh] = [before, after].map(spec => {
    const list = readFileSync(join(folderOf(spec), MODULES, '.package-lock.json'), 'utf8')
    return JSON.parse(list).packages
  }) as [Installed, Installed]
  return differing(old, fresh)
}

/** Names of the places whose versions differ; a package may be in several. */
export function differing(before: Installed, after: Installed): string[] {
  const places = new Set([...Object.keys(before), ...Object.keys(after)])
  const changed = [...places].filter(place => before[place]?.version !== after[place]?.version)
  return [...new Set(changed.map(place => place.slice(place.lastIndexOf(MODULES) + MODULES.length)))]
}
