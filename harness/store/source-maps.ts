/** Loose profiles, with their functions at the places that a folder of source maps gives. */
import { readFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { DiffSide } from '../model/diff.ts'
import { UsageError } from '../model/errors.ts'
import { baseName, framesOf, ProfileError, plainPath } from '../profile/index.ts'
import { diskWith } from '../source-maps/disk.ts'
import { relocate, type ScriptText } from '../source-maps/relocate.ts'
import { type Disk, readSourceMap } from '../source-maps/source-map.ts'
import { firstNames } from '../words/text.ts'

type Side = DiffSide

function textAt(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

const DISK = diskWith(textAt)

/** Production has the scripts, and its sources are elsewhere: a place is given even if nobody can look there. */
const ANYWHERE: Disk = { ...DISK, locate: (...asked) => DISK.locate(...asked) ?? asked[0] }

const MOST_NAMED = 4

/** @throws UsageError when the folder cannot be read, has a damaged map, or has none for any file of the profiles */
export async function throughMaps(sides: Side[], folder: string): Promise<Side[]> {
  const maps = await mapsIn(folder)
  const known = new Map<string, ScriptText | undefined>()
  const scriptOf = (file: string): ScriptText | undefined => {
    if (!known.has(file)) known.set(file, scriptAt(mapFor(plainPath(file), maps)))
    return known.get(file)
  }
  const mapped = sides.map(side => ({
    ...side,
    files: side.files.map(file => ({ ...file, profile: relocate(file.profile, scriptOf) })),
  }))
  if ([...known.values()].some(Boolean)) return mapped
  const files = sides.flatMap(side => side.files.flatMap(({ profile }) => framesOf(profile)))
  const scripts = new Set(
    files.map(({ file }) => baseName(plainPath(file))).filter(name => /\.[cm]?js$/.test(name)),
  )
  throw new UsageError('No source map in the folder belongs to a file of the profiles.', {
    place: folder,
    details: `Maps: ${firstNames(maps.map(baseName), MOST_NAMED) || 'none'}. Scripts: ${firstNames([...scripts], MOST_NAMED) || 'none'}.`,
    advice: 'Give the folder of the build that was profiled, with a `.map` file for each script.',
  })
}

async function mapsIn(folder: string): Promise<string[]> {
  const found = await readdir(folder, { recursive: true }).catch((cause: Error) => {
    throw new UsageError(`The folder of source maps cannot be read: ${cause.message}.`, {
      place: folder,
      advice: 'Check the path after `--source-maps`.',
      cause,
    })
  })
  return found.filter(name => name.endsWith('.map')).map(name => join(folder, name).replaceAll('\\', '/'))
}

/** The map with the script's name, in the folders that agree furthest; undefined where several do equally. */
function mapFor(script: string, maps: string[]): string | undefined {
  const agreed = maps.map(map => ({ map, parts: partsInCommon(script, map.slice(0, -'.map'.length)) }))
  const most = Math.max(1, ...agreed.map(({ parts }) => parts))
  const best = agreed.filter(({ parts }) => parts === most)
  return best.length === 1 ? best[0]!.map : undefined
}

/** How many parts of two paths agree, from the end on. */
function partsInCommon(a: string, b: string): number {
  const [one, other] = [a, b].map(path => path.split('/').toReversed()) as [string[], string[]]
  const differs = one.findIndex((part, at) => part !== other[at])
  return differs === -1 ? one.length : differs
}

function scriptAt(map: string | undefined): ScriptText | undefined {
  if (map === undefined) return undefined
  const url = pathToFileURL(map.slice(0, -'.map'.length)).href
  const script = { url, text: DISK.read(url), map: pathToFileURL(map).href }
  try {
    return { asOnDisk: true, map: readSourceMap(script, ANYWHERE) }
  } catch (cause) {
    if (!(cause instanceof ProfileError)) throw cause
    throw new UsageError(cause.message, { place: map, advice: 'Build the service again.', cause })
  }
}
