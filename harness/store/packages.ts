/** Reads what a record keeps of packages. */
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Package } from '../model/record.ts'
import { packageName } from '../profile/index.ts'
import { parseJson } from './json.ts'

/** Bytes: far above any real `package.json`. */
const LARGEST = 2 ** 20

/** As the registry allows them, in small and, for old packages, capital letters. */
const NAME = /^(?:@[\w.~-]{1,214}\/)?[\w.~-]{1,214}$/
const VERSION = /^\d[\w.+-]{0,99}$/

/**
 * The names and versions of installed packages. The name is that of the `package.json`, as the folder's is another one after
 * `npm install alias@npm:name`. What it does not say, or not as npm would, is left out.
 */
export const readPackages = (folders: string[]): Promise<Package[]> =>
  Promise.all(
    folders.map(async folder => {
      const { name, version } = await manifestOf(folder)
      return {
        folder,
        name: matches(NAME, name) ? name : packageName(`${folder}/`),
        ...(matches(VERSION, version) && { version }),
      }
    }),
  )

const matches = (pattern: RegExp, value: unknown): value is string =>
  typeof value === 'string' && pattern.test(value)

async function manifestOf(folder: string): Promise<{ name?: unknown; version?: unknown }> {
  try {
    const file = join(folder, 'package.json')
    const found = await stat(file)
    const text = found.isFile() && found.size <= LARGEST ? await readFile(file, 'utf8') : '{}'
    return (parseJson(text.replace(/^\uFEFF/, '')) as object | null) ?? {}
  } catch {
    // It is not there, not readable or not JSON; packages in an archive are not there either.
    return {}
  }
}
