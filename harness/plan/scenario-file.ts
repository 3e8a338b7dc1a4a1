/** Finds scenario files (`scenarios/*.ts` of the working directory, or a path), imports them and checks their shape. */
import { statSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { basename, extname, join, resolve } from 'node:path'
import { UsageError } from '../model/errors.ts'
import type { Scenario } from '../model/scenario.ts'
import { suggest } from '../words/suggestion.ts'
import { importDefault } from './module.ts'
import { checked, correction } from './problems.ts'
import { scenario } from './schema.ts'

const FOLDER = 'scenarios'
const SHAPE = 'End the file with `export default defineScenario({ … })`.'
const EXTENSIONS = ['.ts', '.mts', '.js', '.mjs']

/** Absolute paths by name, sorted; none when there is no such folder. */
export async function findScenarios(directory: string): Promise<Map<string, string>> {
  const folder = join(directory, FOLDER)
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  const files = entries
    .filter(entry => !entry.isDirectory() && EXTENSIONS.includes(extname(entry.name)))
    .map(entry => entry.name)
    .filter(name => !name.endsWith('.d.ts'))
    .sort()
  return new Map(files.map(name => [basename(name, extname(name)), join(folder, name)]))
}

/**
 * Absolute path of a scenario, from its name or a path.
 *
 * @throws UsageError that lists the known scenarios
 */
export async function locateScenario(reference: string, directory: string): Promise<string> {
  const known = await findScenarios(directory)
  const named = known.get(reference)
  if (named) return named
  const path = resolve(directory, reference)
  if (EXTENSIONS.includes(extname(reference)) && statSync(path, { throwIfNoEntry: false })?.isFile())
    return path
  throw new UsageError(`There is no scenario \`${reference}\`.`, {
    place: join(directory, FOLDER),
    advice: suggest(reference, [...known.keys()], 'scenarios'),
  })
}

/** The scenario's own name, or that of its file. */
export const nameOf = (scenario: Scenario, file: string) => scenario.name ?? basename(file, extname(file))

/**
 * Imports a scenario file and checks its default export.
 *
 * @throws UsageError with the place of the mistake
 */
export async function loadScenario(file: string): Promise<Scenario> {
  const value = await importDefault(file, 'scenario', SHAPE)
  const advice = correction(value, 'defineScenario')
  return checked(scenario, value, { what: 'The scenario', place: file, advice })
}
