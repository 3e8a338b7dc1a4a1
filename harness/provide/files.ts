/** Questions about the files of a project, and folders under `.bench`. */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { extname, join, resolve } from 'node:path'
import { MeasureError } from '../model/errors.ts'
import type { PlannedVariant } from '../model/plan.ts'

/** The scripts that npm runs when a package is installed. */
export const INSTALL_SCRIPTS = ['preinstall', 'install', 'postinstall']

/** Whether the package in the folder has one of these scripts. */
export async function hasNpmScript(folder: string, ...names: string[]): Promise<boolean> {
  try {
    const { scripts = {} } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
    return names.some(name => Object.hasOwn(scripts, name))
  } catch {
    return false
  }
}

const SCRIPTS = ['.js', '.mjs', '.cjs', '.ts', '.mts', '.cts']

/** Flags of Node that take the next word as their value; it can look like the script. */
const WITH_VALUE =
  /^(-[rC]|--(require|import|loader|experimental-loader|conditions|env-file|env-file-if-exists|title|disable-warning|watch-path|input-type|cpu-prof-dir|diagnostic-dir))$/
const WITHOUT_SCRIPT = /^(-[ep]|-pe|--eval|--print|--test|--run)(=|$)/

/** Absolute path of the file that a variant starts; `undefined` when the command does not name it with its extension, or an image has it. */
export function startFileOf({ command, directory, node, container }: PlannedVariant): string | undefined {
  const [program, ...words] = command
  if (program !== node || container) return undefined
  const at = words.findIndex((word, i) => !word.startsWith('-') && !WITH_VALUE.test(words[i - 1] ?? ''))
  const script = words[at]
  if (script === undefined || words.slice(0, at).some(word => WITHOUT_SCRIPT.test(word))) return undefined
  return SCRIPTS.includes(extname(script)) ? resolve(directory, script) : undefined
}

/**
 * Makes a folder, with a file in it if one is given.
 *
 * @param failure message for when it cannot be made
 * @throws MeasureError when it cannot be made
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
      advice: 'Free some space, or allow writing there.',
      cause,
    })
  }
}
