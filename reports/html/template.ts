/** The one door to handlebars: a view goes in, a page of escaped HTML with its own style and script comes out. */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { basename, extname, join } from 'node:path'
import Handlebars from 'handlebars'

const pages = new Map<string, (view: object) => string>()

/** Every value is escaped; only the page's own files and base64 are written as they are. */
export function fill(name: 'page' | 'diff' | 'overview' | 'groups' | 'windows', view: object): string {
  const page = pages.get(name) ?? compile(name)
  pages.set(name, page)
  // Everything but the first page of a server stands alone.
  return page({ ...view, ...ownFiles(name === 'groups') })
}

function compile(page: string): (view: object) => string {
  const handlebars = Handlebars.create()
  const sources = new Map(
    list('templates', '.hbs').map(file => [basename(file, '.hbs'), read('templates', file)]),
  )
  for (const [name, source] of sources) handlebars.registerPartial(name, source)
  // Strict: a name that the view does not know is our mistake, not an empty string.
  return handlebars.compile(sources.get(page), { strict: true, knownHelpersOnly: true })
}

/** The policy allows this style sheet and this script, and nothing may be fetched from anywhere. */
function ownFiles(hasForms: boolean) {
  const style = styles()
  const code = script()
  const policy = [
    "default-src 'none'",
    `style-src '${digest(style)}'`,
    `script-src '${digest(code)}'`,
    "base-uri 'none'",
    hasForms ? "form-action 'self'" : "form-action 'none'",
  ]
  return { policy: policy.join('; '), style, script: code }
}

const digest = (text: string): string => `sha256-${createHash('sha256').update(text).digest('base64')}`

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

// The modules of the page import each other as `./file.js`, and nothing else.
const IMPORT = /^import \{[^}]*\} from '\.\/([\w-]+\.js)'\n/gm

const read = (folder: string, name: string): string =>
  readFileSync(join(import.meta.dirname, folder, name), 'utf8')

const list = (folder: string, extension: string): string[] =>
  readdirSync(join(import.meta.dirname, folder))
    .filter(name => extname(name) === extension)
    .sort()
