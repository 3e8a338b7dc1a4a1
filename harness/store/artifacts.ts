/** Writes the files of reports into a run's folder, and nowhere else. */
import { realpath } from 'node:fs/promises'
import { dirname, join, sep } from 'node:path'
import type { Artifact } from '../model/capabilities.ts'
import { MeasureError } from '../model/errors.ts'
import { makeFolder, writeAtomically } from './atomic.ts'

/** A part of an artifact's path: no separator, no drive, no device, no leading dot. */
const PART = /^[\w-][\w.,+@-]{0,150}$/

/** Writes those with a path, and returns absolute paths. @throws MeasureError when a path would leave the folder */
export async function saveArtifacts(folder: string, artifacts: Artifact[]): Promise<string[]> {
  const named = artifacts.filter(({ path }) => path !== '')
  return await Array.fromAsync(named, async ({ path, content }) => {
    const place = await safePath(folder, path)
    await writeAtomically(place, content)
    return place
  })
}

/** The names in a path can come from a scenario or a record, and a link inside the folder could lead out of it. */
async function safePath(folder: string, path: string): Promise<string> {
  const parts = path.split('/')
  if (!parts.every(part => PART.test(part))) throw leaving(path, folder)
  const place = join(folder, ...parts)
  await makeFolder(dirname(place))
  const [root, parent] = await Promise.all([realpath(folder), realpath(dirname(place))])
  if (parent !== root && !parent.startsWith(root + sep)) throw leaving(path, folder)
  return place
}

const leaving = (path: string, folder: string) =>
  new MeasureError(
    `A report wants to write \`${path}\`, which is not a plain path inside the run's folder.`,
    {
      place: folder,
      advice: 'Rename the variant, the collector or the report that the path is made of.',
    },
  )
