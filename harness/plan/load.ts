/** Loads a scenario file and checks its shape. */
import { basename, extname } from 'node:path'
import { UsageError } from '../model/errors.ts'
import type { Scenario } from '../model/scenario.ts'
import { importDefault } from './module.ts'
import { parseScenario } from './schema.ts'

const SHAPE = 'End the file with `export default defineScenario({ … })`; the editor then checks its shape.'

/** A scenario's name: what it says, or what its file is called. */
export const nameOf = (scenario: Scenario, file: string) => scenario.name ?? basename(file, extname(file))

/**
 * Imports a scenario file and checks its default export.
 *
 * @throws UsageError with the place of the mistake
 */
export async function loadScenario(file: string): Promise<Scenario> {
  const checked = parseScenario(await importDefault(file, 'scenario', SHAPE))
  if ('scenario' in checked) return checked.scenario
  throw new UsageError('The scenario has not the shape of one.', {
    place: file,
    details: checked.problems.join('\n'),
    advice: SHAPE,
  })
}
