/** Finds the paths that a service answers to GET, as far as its sources name them in a usual way. */
import { posix } from 'node:path'
import { routesByConvention } from './conventions.ts'
import type { SourceFile } from './source-file.ts'

/** Routers (`app.get('/x'`, and `.get('/y'` after it), decorators (`@get('/x')`), route objects (`url: '/x'`) and plain servers (`url === '/x'`, `case '/x':`). */
const PATTERNS = [
  /(?<router>[\w$]+)\.get\(\s*(['"`])(?<path>\/[^'"`\s]*)\2/g,
  /(?<chain>\))\s*\.get\(\s*(['"`])(?<path>\/[^'"`\s]*)\2/g,
  /@get\(\s*(['"`])(?<path>\/[^'"`\s]*)\1/g,
  /\b(?:url|path)\s*:\s*(['"`])(?<path>\/[^'"`\s]*)\1/g,
  /\b(?:url|pathname|path)\s*===?\s*(['"`])(?<path>\/[^'"`\s]*)\1/g,
  /\bcase\s+(['"`])(?:GET )?(?<path>\/[^'"`\s]*)\1\s*:/g,
]

/** `app.use('/api', auth, users)`, `app.route('/api', users)` */
const MOUNT = /\.(?:use|route)\(\s*(['"`])(?<path>\/[^'"`\s]*)\1\s*,(?<what>[^;\n]*)/g

/** `app.register(users, { prefix: '/api' })` */
const REGISTER =
  /\.register\(\s*(?<what>[^,\n]*?)\s*,\s*\{[^}]*?\bprefix\s*:\s*(['"`])(?<path>\/[^'"`\s]*)\2/g

/** `new Router({ prefix: '/api' })`, `router.prefix('/api')`, `new Hono().basePath('/api')` */
const OWN = /(?:Router\(\s*\{[^}]*?\bprefix\s*:\s*|\.(?:prefix|basePath)\(\s*)(['"`])(?<path>\/[^'"`\s]*)\1/

/** Paths of health checks, which do not show what the service does. */
const HEALTH = /\/(?:_?health\w*|ready\w*|live\w*|status|ping|metrics)$/i

/** Pages that describe the service, and often send on to another address. */
const DESCRIPTION =
  /\/(?:explorer|docs|api-docs|swagger[\w-]*|openapi(?:\.json)?|redoc|graphiql|playground)\/?$/i

/** A first scenario should be short. */
const MOST = 4

export interface Routes {
  routes: string[]
  ready?: string
}

export function findRoutes(files: SourceFile[]): Routes {
  const mounts = files.flatMap(mountsOf)
  const found = [...files.flatMap(file => pathsIn(file, mounts)), ...routesByConvention(files)]
  // A path with a parameter needs a value that is not known here.
  const plain = [...new Set(found)].filter(path => !/[:*{$[]/.test(path) && !DESCRIPTION.test(path))
  const ready = plain.find(path => HEALTH.test(path))
  return { routes: plain.filter(path => !HEALTH.test(path)).slice(0, MOST), ready }
}

/** A router of a file, or of a name in it, under a prefix. */
interface Mount {
  file: string
  /** Absent: the whole file. */
  name?: string
  prefix: string
}

function mountsOf({ path, text }: SourceFile): Mount[] {
  return [MOUNT, REGISTER].flatMap(pattern =>
    [...text.matchAll(pattern)].flatMap(({ groups }) => {
      const { what, path: prefix } = groups as { what: string; path: string }
      const inline = /(?:require|import)\(\s*['"](\.[^'"]+)['"]/.exec(what)?.[1]
      const name = /([\w$]+)\)*\s*$/.exec(what.trim())?.[1]
      const module = inline ?? (name && importOf(name, text))
      if (module) return [{ file: posix.join(posix.dirname(path), module), prefix }]
      return name ? [{ file: path, name, prefix }] : []
    }),
  )
}

/** The other module that a name in the file comes from. */
function importOf(name: string, text: string): string | undefined {
  const own = name.replaceAll('$', '\\$')
  const found =
    new RegExp(`import\\s[^;'"]*\\b${own}\\b[^;'"]*from\\s+['"](\\.[^'"]+)['"]`).exec(text) ??
    new RegExp(`\\b${own}\\b[^=;\\n]*=\\s*(?:await\\s+)?(?:require|import)\\(\\s*['"](\\.[^'"]+)['"]`).exec(
      text,
    )
  return found?.[1]
}

function pathsIn({ path, text }: SourceFile, mounts: Mount[]): string[] {
  const own = OWN.exec(text)?.groups?.path ?? ''
  const ofFile = mounts.find(({ file, name }) => name === undefined && isSame(file, path))?.prefix ?? ''
  return PATTERNS.flatMap(pattern =>
    [...text.matchAll(pattern)].map(({ groups }) => {
      const { router, chain, path: route } = groups as { router?: string; chain?: string; path: string }
      const ofName = mounts.find(({ file, name }) => file === path && name === router && router !== undefined)
      const isRouted = router !== undefined || chain !== undefined
      const prefixes = isRouted ? [ofFile, ofName?.prefix ?? '', own] : []
      return joined([...prefixes, route])
    }),
  )
}

/** `./users`, `./users.js` and `./users/index` are all `users.ts` or `users/index.ts`. */
const isSame = (written: string, path: string): boolean => plainOf(written) === plainOf(path)
const plainOf = (path: string) => path.replace(/\.[cm]?[jt]s$/, '').replace(/\/index$/, '')

function joined(parts: string[]): string {
  const path = parts.join('/').replaceAll(/\/+/g, '/')
  return path.length > 1 && parts.length > 1 ? path.replace(/\/$/, '') : path
}
