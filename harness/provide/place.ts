/** Folders under `.bench` that things are made in. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { MeasureError } from '../model/errors.ts'

/**
 * Makes a folder, with one small file where one is given.
 *
 * @param failure what cannot be done without it, as a sentence
 * @throws MeasureError when the disk does not take it
 */
export async function makePlace(
  folder: string,
  file: { name: string; text: string } | null,
  failure: string,
): Promise<void> {
  try {
    await mkdir(folder, { recursive: true })
    if (file) await writeFile(join(folder, file.name), file.text)
  } catch (cause) {
    throw new MeasureError(failure, {
      place: folder,
      details: cause instanceof Error ? cause.message : String(cause),
      advice: 'Make room or give the right to write there.',
      cause,
    })
  }
}
