/** Profiles from anywhere: a file, or a folder of repeated ones. */
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { MAX_BYTES, ProfileError, readProfile } from '../formats/index.ts'
import type { ProfileFile } from '../model/diff.ts'
import { UsageError } from '../model/errors.ts'
import { addUp, measurements, type Part } from './measurements.ts'

/** More files in one folder are hardly repetitions of one measurement. */
const MOST = 200

/**
 * Reads a profile of any format, or all in a folder in the order of their names. The content says what a file is; hidden
 * files are skipped. Profiles that were recorded at the same time are one measurement, and so is everything in a folder
 * inside the folder.
 *
 * @throws UsageError when there is nothing, or something that is not a profile
 */
export async function readProfiles(path: string, maxBytes = MAX_BYTES): Promise<ProfileFile[]> {
  const found = await statOf(path)
  if (!found) throw new UsageError('There is no profile here.', { place: path, advice: 'Check the path.' })
  if (!found.isDirectory()) return [notEmpty(addUp([await readOne(path, maxBytes)]))]
  const paths = await pathsIn(path)
  const alone: Part[] = []
  const together: ProfileFile[] = []
  for (const inside of paths) {
    if (!(await statOf(inside))?.isDirectory()) alone.push(await readOne(inside, maxBytes))
    else together.push(await readTogether(inside, maxBytes))
  }
  const files = [...measurements(alone), ...together].map(notEmpty)
  return files.sort((a, b) => (a.path < b.path ? -1 : 1))
}

/** A single thread can have had nothing to do, but not a whole measurement. */
function notEmpty(file: ProfileFile): ProfileFile {
  if (file.profile.samples.stack.length > 0) return file
  throw unreadable(file.path, `The profile (${file.format}) has no samples: nothing was recorded in it.`)
}

async function pathsIn(folder: string): Promise<string[]> {
  if (/\.trace\/*$/.test(folder))
    throw new UsageError('This is a recording of Instruments, which only Instruments can read.', {
      place: folder,
      advice:
        'Copy the call tree there (Edit > Deep Copy), paste it into speedscope (npx speedscope), export it (Ctrl+S), and give that file.',
    })
  const names = (await readdir(folder)).filter(name => !name.startsWith('.')).sort()
  if (names.length > 0 && names.length <= MOST) return names.map(name => join(folder, name))
  throw new UsageError(
    names.length === 0
      ? 'The folder has no profiles.'
      : `The folder has ${names.length} files; at most ${MOST} profiles can be compared.`,
    { place: folder, advice: ONLY_PROFILES },
  )
}

const ONLY_PROFILES = 'Give a profile, or a folder that holds nothing but repeated profiles.'

/** The profiles of a folder as one. */
async function readTogether(folder: string, maxBytes: number): Promise<ProfileFile> {
  const parts = await Array.fromAsync(await pathsIn(folder), path => readOne(path, maxBytes))
  return explained(folder, () => ({ ...addUp(parts), path: folder }))
}

async function readOne(path: string, maxBytes: number): Promise<Part> {
  const found = await statOf(path)
  if (!found?.isFile()) throw new UsageError('This is not a file.', { place: path, advice: ONLY_PROFILES })
  if (found.size > maxBytes)
    throw unreadable(path, `The file has ${found.size} bytes; at most ${maxBytes} are read (--max-profile).`)
  const bytes = await readFile(path).catch((cause: Error) => {
    throw unreadable(path, `The file cannot be opened: ${cause.message}`, cause)
  })
  return explained(path, () => {
    const { repairs, ...read } = readProfile(bytes, maxBytes)
    const repaired = repairs ? repairs.negative + repairs.missing + repairs.lost : 0
    return { ...read, path, repaired, changed: found.mtimeMs }
  })
}

/** Adds the place and the way out to a profile error. */
function explained<T>(place: string, read: () => T): T {
  try {
    return read()
  } catch (cause) {
    if (!(cause instanceof ProfileError)) throw cause
    throw unreadable(place, cause.message, cause)
  }
}

const unreadable = (place: string, message: string, cause?: Error) =>
  new UsageError(message, {
    place,
    advice:
      (cause instanceof ProfileError ? cause.advice : undefined) ??
      'Give a .cpuprofile, a .heapprofile, pprof, folded stacks, a speedscope file, a Chrome trace or the output of perf script.',
    cause,
  })

const statOf = (path: string) => stat(path).catch(() => undefined)
