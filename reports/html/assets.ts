/** The page's own files: the one place of the reports that reads the disk, and only beside itself. */
import { readdirSync, readFileSync } from 'node:fs'
import { basename, extname, join } from 'node:path'

const read = (folder: string, name: string): string =>
  readFileSync(join(import.meta.dirname, folder, name), 'utf8')

const list = (folder: string, extension: string): string[] =>
  readdirSync(join(import.meta.dirname, folder))
    .filter(name => extname(name) === extension)
    .sort()

/** Templates by name: `page.hbs` is `page`. */
export function templates(): Map<string, string> {
  return new Map(list('templates', '.hbs').map(name => [basename(name, '.hbs'), read('templates', name)]))
}

/** Style sheets, one after the other in the order of their names. */
export const styles = (): string =>
  list('style', '.css')
    .map(name => read('style', name))
    .join('\n')

/** The page's modules as one module: each after those that it imports. */
export function script(entry = 'main.js'): string {
  const done = new Set<string>()
  const parts: string[] = []
  const add = (name: string) => {
    if (done.has(name)) return
    done.add(name)
    const source = read('page', name)
    for (const [, imported] of source.matchAll(IMPORT)) add(imported!)
    parts.push(source.replace(IMPORT, '').replace(/^export (?=function|async|const|class)/gm, ''))
  }
  add(entry)
  return parts.join('\n')
}

// The modules of the page import each other by name from `./file.js`, and nothing else.
const IMPORT = /^import \{[^}]*\} from '\.\/([\w-]+\.js)'\n/gm
