/** Reading the kernel's files. A file is missing when its process has just ended, or the platform does not have it. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** Text of a file, without the line break at its end; empty when it is missing. */
export function readText(path: string): string {
  try {
    return readFileSync(path, 'latin1').trimEnd()
  } catch {
    return ''
  }
}

/** Names in a folder; none when it is missing. */
export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

/** The names in a folder that are numbers: processes, threads, descriptors. */
export const numbersIn = (folder: string): number[] => namesIn(folder).map(Number).filter(Number.isInteger)

/** Where a link leads; empty when it is missing. */
export function linkOf(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}
