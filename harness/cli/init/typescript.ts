/** Finds a file extension that the project's own compiler leaves alone. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * TypeScript, which Node runs as it is, unless the project's compiler would compile the files too. It would refuse the
 * imports, and put all of its output one folder deeper.
 *
 * @param esm whether the project's `.ts` and `.js` files are modules
 */
export async function extensionFor(directory: string, esm: boolean): Promise<string> {
  const config = await readFile(join(directory, 'tsconfig.json'), 'utf8').catch(() => undefined)
  if (config !== undefined && compilesAll(config)) return '.mjs'
  return esm ? '.ts' : '.mts'
}

/** Whether it compiles files in `scenarios/` and `targets/`; true when the file alone does not say so. */
function compilesAll(config: string): boolean {
  const plain = config.replaceAll(/^\s*\/\/.*$|\/\*(?!\*\/)[^"]*?\*\//gm, '')
  if (/"noEmit"\s*:\s*true/.test(plain) && /"allowImportingTsExtensions"\s*:\s*true/.test(plain)) return false
  const included = /"include"\s*:\s*\[([^\]]*)\]/.exec(plain)?.[1]
  const files = /"files"\s*:\s*\[/.test(plain)
  if (included === undefined) return !files
  const patterns = [...included.matchAll(/"([^"]*)"/g)].map(match => match[1]!.replace(/^\.\//, ''))
  return patterns.some(pattern => /^(\*|scenarios|targets|$)/.test(pattern))
}
