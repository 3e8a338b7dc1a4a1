/** Loads a scenario file and checks its shape. */
import { basename, extname } from 'node:path'
import type { Scenario } from '../model/scenario.ts'
import { importDefault } from './module.ts'
import { correction, mistakes } from './problems.ts'
import { parseScenario } from './schema.ts'

const SHAPE = 'End the file with `export default defineScenario({ … })`.'

/** A scenario's name: what it says, or what its file is called. */
export const nameOf = (scenario: Scenario, file: string) => scenario.name ?? basename(file, extname(file))

/**
 * Imports a scenario file and checks its default export.
 *
 * @throws UsageError with the place of the mistake
 */
export async function loadScenario(file: string): Promise<Scenario> {
  const value = await importDefault(file, 'scenario', SHAPE)
  const checked = parseScenario(value)
  if ('scenario' in checked) return checked.scenario
  throw mistakes('The scenario', checked.problems, file, correction(value, 'defineScenario'))
}
