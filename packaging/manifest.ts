/** Turns the repository's manifest into that of the published package. */

/** The fields of a package.json that are used here. */
export interface Manifest {
  name: string
  version: string
  exports: Record<string, string>
  bin: Record<string, string>
  [field: string]: unknown
}

/** Useful only in the repository, like the pinned Node that runs it. */
const DROPPED = ['scripts', 'devDependencies', 'optionalDependencies', 'private']

/** Compiled files have the paths of their sources, in `dist/`. */
export function packedManifest(manifest: Manifest): Manifest {
  const kept = Object.entries(manifest).filter(([field]) => !DROPPED.includes(field))
  return {
    ...(Object.fromEntries(kept) as Manifest),
    exports: mapValues(manifest.exports, compiledEntry) as Record<string, string>,
    bin: mapValues(manifest.bin, path => `dist/${path}`),
  }
}

/** Types come first, because TypeScript takes the first condition that it knows. */
function compiledEntry(path: string): unknown {
  if (path === './package.json') return path
  const place = path.replace(/^\.\//, './dist/')
  if (!place.endsWith('.ts')) return place
  const compiled = place.slice(0, -'.ts'.length)
  return { types: `${compiled}.d.ts`, default: `${compiled}.js` }
}

const mapValues = <T>(record: Record<string, string>, change: (value: string) => T): Record<string, T> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]))
