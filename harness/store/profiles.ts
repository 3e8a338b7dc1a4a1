/** Profiles from anywhere: a file, or a folder of repeated ones. */
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { ProfileFile } from '../model/diff.ts'
import { UsageError } from '../model/errors.ts'
import { DEFAULT_LIMITS, type Limits, ProfileError, readProfile } from '../pprof/index.ts'

/** Files in one folder: more are no repetition of one measurement. */
const MOST = 200

/**
 * Reads a profile of any format, or all that lie in a folder, in the order of their names; the content says what a
 * file is, and hidden files are passed over.
 *
 * @throws UsageError when there is nothing, or something that is no profile
 */
export async function readProfiles(path: string, limits: Limits = DEFAULT_LIMITS): Promise<ProfileFile[]> {
  const found = await statOf(path)
  if (!found) throw new UsageError('There is no profile here.', { place: path, advice: 'Check the path.' })
  if (!found.isDirectory()) return [await readOne(path, limits)]
  const names = (await readdir(path)).filter(name => !name.startsWith('.')).sort()
  if (names.length === 0 || names.length > MOST)
    throw new UsageError(
      names.length === 0
        ? 'The folder has no profiles.'
        : `The folder has ${names.length} files; ${MOST} profiles can be compared at most.`,
      { place: path, advice: 'Give a profile, or a folder that holds nothing but repeated profiles.' },
    )
  const files: ProfileFile[] = []
  for (const name of names) files.push(await readOne(join(path, name), limits))
  return files
}

async function readOne(path: string, limits: Limits): Promise<ProfileFile> {
  const found = await statOf(path)
  if (!found?.isFile())
    throw new UsageError('This is no file.', {
      place: path,
      advice: 'Give a profile, or a folder that holds nothing but repeated profiles.',
    })
  if (found.size > limits.maxBytes)
    throw unreadable(
      path,
      `The file has ${found.size} bytes; ${limits.maxBytes} may be read (--max-profile).`,
    )
  const bytes = await readFile(path).catch((cause: Error) => {
    throw unreadable(path, `The file cannot be opened: ${cause.message}`, cause)
  })
  try {
    const { format, profile, repairs } = readProfile(bytes, limits)
    const repaired = repairs ? repairs.negative + repairs.missing + repairs.lost : 0
    return { path, format, profile, repaired }
  } catch (cause) {
    if (!(cause instanceof ProfileError)) throw cause
    throw unreadable(path, cause.message, cause)
  }
}

const unreadable = (place: string, message: string, cause?: unknown) =>
  new UsageError(message, {
    place,
    advice: 'Give a .cpuprofile, a .heapprofile, pprof, folded stacks or a speedscope file.',
    cause,
  })

const statOf = (path: string) => stat(path).catch(() => undefined)
