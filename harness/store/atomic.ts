import { fsync } from 'node:fs'
import { mkdir, open, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { MeasureError } from '../model/errors.ts'

const fsynced = promisify(fsync)

/**
 * Writes a file so that a reader, or a crash at any moment, sees the old content or the new one, never a part:
 * temporary file next to it, fsync, rename, fsync of the folder.
 *
 * @throws MeasureError when the disk or the folder cannot be written
 */
export async function writeAtomically(path: string, content: string | Uint8Array): Promise<void> {
  await makeFolder(dirname(path))
  const temporary = `${path}.${process.pid}.tmp`
  try {
    await writeFile(temporary, content, { flush: true })
    await rename(temporary, path)
    await syncFolder(dirname(path))
  } catch (error) {
    await rm(temporary, { force: true })
    throw unwritable(path, error)
  }
}

/** The new name is on the disk only when its folder is. Windows cannot open folders. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const folder = await open(path, 'r')
  try {
    // Yarn's Plug'n'Play has file handles of its own, which have no `sync`.
    await fsynced(folder.fd)
  } finally {
    await folder.close()
  }
}

/** @throws MeasureError when it cannot be made */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true })
  } catch (error) {
    throw unwritable(path, error)
  }
}

/** Makes the folder, and writes and removes a file there. @throws MeasureError when it cannot be written */
export async function tryFolder(folder: string): Promise<void> {
  const file = join(folder, '.writable')
  await writeAtomically(file, 'yes')
  await rm(file, { force: true })
}

const unwritable = (place: string, cause: unknown) =>
  new MeasureError('This cannot be written.', {
    place,
    details: cause instanceof Error ? cause.message : String(cause),
    advice: 'Free some space or allow writing there, or choose another folder with `--output`.',
    cause,
  })
