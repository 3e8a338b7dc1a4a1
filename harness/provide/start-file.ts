/** The file that a variant starts, and the script that makes it. */
import { readFile, stat } from 'node:fs/promises'
import { extname, join, resolve } from 'node:path'
import type { PlannedVariant } from '../model/plan.ts'

const SCRIPTS = ['.js', '.mjs', '.cjs', '.ts', '.mts', '.cts']

/** Flags of Node whose value is the next word: that word is not the script, although it may look like one. */
const WITH_VALUE =
  /^(-[rC]|--(require|import|loader|experimental-loader|conditions|env-file|env-file-if-exists|title|disable-warning|watch-path|input-type|cpu-prof-dir|diagnostic-dir))$/
const WITHOUT_SCRIPT = /^(-[ep]|-pe|--eval|--print|--test|--run)(=|$)/

/** Absolute path; `undefined` where the command does not say it, or leaves out the extension. */
export function startFileOf({ command, directory, node }: PlannedVariant): string | undefined {
  const [program, ...words] = command
  if (program !== node) return undefined
  const at = words.findIndex((word, i) => !word.startsWith('-') && !WITH_VALUE.test(words[i - 1] ?? ''))
  const script = words[at]
  if (script === undefined || words.slice(0, at).some(word => WITHOUT_SCRIPT.test(word))) return undefined
  return SCRIPTS.includes(extname(script)) ? resolve(directory, script) : undefined
}

export async function hasNpmScript(directory: string, name: string): Promise<boolean> {
  try {
    const { scripts = {} } = JSON.parse(await readFile(join(directory, 'package.json'), 'utf8'))
    return Object.hasOwn(scripts, name)
  } catch {
    return false
  }
}

export const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )
