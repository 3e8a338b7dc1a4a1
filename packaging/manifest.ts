/** The manifest of the published package, made from the repository's own. */

/** What a package.json says, as far as it is touched here. */
export interface Manifest {
  name: string
  version: string
  exports: Record<string, string>
  bin: Record<string, string>
  [field: string]: unknown
}

/** Of use in the repository only; the Node that measures is pinned for the repository, not for its users. */
const DROPPED = ['scripts', 'devDependencies', 'optionalDependencies', 'private']

/** Compiled files lie in `dist/` at the places of their sources, so every path keeps its shape. */
export function packedManifest(manifest: Manifest): Manifest {
  const kept = Object.entries(manifest).filter(([field]) => !DROPPED.includes(field))
  return {
    ...(Object.fromEntries(kept) as Manifest),
    exports: mapValues(manifest.exports, compiledEntry) as Record<string, string>,
    bin: mapValues(manifest.bin, path => `dist/${path}`),
  }
}

/** `./harness/index.ts` → its types first, since TypeScript takes the first condition that it knows. */
function compiledEntry(path: string): unknown {
  if (path === './package.json') return path
  const place = path.replace(/^\.\//, './dist/')
  if (!place.endsWith('.ts')) return place
  const compiled = place.slice(0, -'.ts'.length)
  return { types: `${compiled}.d.ts`, default: `${compiled}.js` }
}

const mapValues = <T>(record: Record<string, string>, change: (value: string) => T): Record<string, T> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]))
