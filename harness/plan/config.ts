/** The project's configuration: `flamegate.config.ts` (or `.mts`, `.js`, `.mjs`, `.json`) in the working directory. */
import { statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { Config, Shared } from '../model/config.ts'
import { UsageError } from '../model/errors.ts'
import type { Scenario } from '../model/scenario.ts'
import { importDefault } from './module.ts'
import { checked, correction, parseJson } from './problems.ts'
import { scenarioShape } from './schema.ts'

const NAMES = ['.ts', '.mts', '.js', '.mjs', '.json'].map(extension => `flamegate.config${extension}`)
const SHAPE = 'End the file with `export default defineConfig({ … })`.'

const shared = z.strictObject({
  ...scenarioShape.pick({
    gates: true,
    warmup: true,
    collectors: true,
    sameAnswers: true,
    limits: true,
    redact: true,
  }).shape,
  load: scenarioShape.shape.load.pick({ connections: true, pipelining: true }).optional(),
}) satisfies z.ZodType<Shared>

/** The table of flags checks the settings that are flags too. */
const config = z.looseObject({ scenario: shared.optional(), plugins: z.array(z.string().min(1)).optional() })

export interface Loaded {
  config: Config
  /** Absolute path; absent when there is none. */
  file?: string
}

/**
 * The configuration; empty when there is no file.
 *
 * @throws UsageError when there are two files, one cannot be loaded, or its part for scenarios is wrong
 */
export async function loadConfig(directory: string): Promise<Loaded> {
  const paths = NAMES.map(name => join(directory, name))
  const [file, other] = paths.filter(path => statSync(path, { throwIfNoEntry: false })?.isFile())
  if (file === undefined) return { config: {} }
  if (other !== undefined)
    throw new UsageError('There are two configuration files.', {
      place: `${file} and ${other}`,
      advice: 'Keep one of them.',
    })
  const value = await read(file)
  const about = { what: 'The configuration', place: file, advice: correction(value, 'defineConfig') }
  return { config: checked(config, value, about) as Config, file }
}

/** JSON schema (draft 2020-12) of the part for scenarios. */
export const sharedJsonSchema = (): object => z.toJSONSchema(shared, { io: 'input', unrepresentable: 'any' })

/** A scenario with the defaults of the configuration under it. */
export function withShared(scenario: Scenario, { load, gates, ...others }: Shared = {}): Scenario {
  return {
    ...others,
    ...scenario,
    load: { ...load, ...scenario.load },
    gates: gates || scenario.gates ? { ...gates, ...scenario.gates } : undefined,
  }
}

async function read(file: string): Promise<unknown> {
  if (!file.endsWith('.json')) return await importDefault(file, 'configuration', SHAPE)
  return parseJson(await readFile(file, 'utf8'), 'The configuration is', file, 'Fix the file.')
}
