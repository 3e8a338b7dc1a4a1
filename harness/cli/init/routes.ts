/** What a service answers to GET, as far as its sources say so in the usual words. */

/** Routers (`app.get('/x'`), route objects (`url: '/x'`) and plain servers (`url === '/x'`). */
const PATTERNS = [
  /\.get\(\s*(['"`])(\/[^'"`\s]*)\1/g,
  /\b(?:url|path)\s*:\s*(['"`])(\/[^'"`\s]*)\1/g,
  /\b(?:url|pathname|path)\s*===?\s*(['"`])(\/[^'"`\s]*)\1/g,
]

/** Paths that say how the service is, and nothing of what it does. */
const HEALTH = /^\/(?:_?health\w*|ready\w*|live\w*|status|ping|metrics)$/i

/** A first scenario is to be read at a glance. */
const MOST = 4

export interface Routes {
  routes: string[]
  ready?: string
}

export function findRoutes(texts: string[]): Routes {
  const found = texts.flatMap(text =>
    PATTERNS.flatMap(pattern => [...text.matchAll(pattern)].map(match => match[2]!)),
  )
  // A path with a parameter needs a value that nobody here knows.
  const plain = [...new Set(found)].filter(path => !/[:*{$]/.test(path))
  const ready = plain.find(path => HEALTH.test(path))
  return { routes: plain.filter(path => !HEALTH.test(path)).slice(0, MOST), ...(ready && { ready }) }
}
