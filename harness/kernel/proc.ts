/** Reading the kernel's files. A file is missing when its process has just ended, or the platform does not have it. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

function orMissing<T>(read: () => T, missing: T): T {
  try {
    return read()
  } catch {
    return missing
  }
}

/** Text of a file, without the line break at its end; empty when it is missing. */
export const readText = (path: string): string => orMissing(() => readFileSync(path, 'latin1').trimEnd(), '')

/** Names in a folder; none when it is missing. */
export const namesIn = (folder: string): string[] => orMissing(() => readdirSync(folder), [])

/** Names in a folder that are numbers: processes, threads, descriptors. */
export const numbersIn = (folder: string): number[] => namesIn(folder).map(Number).filter(Number.isInteger)

/** Target of a link; empty when it is missing. */
export const linkOf = (path: string): string => orMissing(() => readlinkSync(path), '')
