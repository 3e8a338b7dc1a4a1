/** Scenarios made of what teams already have: recordings, scripts of other load engines, descriptions of an interface. */
import { UsageError } from '../../model/errors.ts'
import { readArtillery } from './artillery.ts'
import { readHar } from './har.ts'
import { readK6 } from './k6/index.ts'
import { readOpenApi } from './openapi.ts'
import { readPostman } from './postman.ts'
import type { Recording } from './recorded.ts'
import { type ImportedScenario, scenarioOf } from './scenario.ts'
import type { Source } from './source.ts'

export type { ImportedScenario } from './scenario.ts'
export type { Source } from './source.ts'

const READERS = {
  har: readHar,
  k6: readK6,
  artillery: readArtillery,
  postman: readPostman,
  openapi: readOpenApi,
} satisfies Record<string, (source: Source) => Recording>

export type Format = keyof typeof READERS

export const FORMATS = Object.keys(READERS) as Format[]

/**
 * Makes a scenario of the requests in a file. Nothing in it is run.
 *
 * @param service the module that exports the target
 * @throws UsageError when the file is of another kind, or has no request that can be sent
 */
export function scenarioFrom(format: Format, source: Source, service: string): ImportedScenario {
  try {
    return scenarioOf(READERS[format](source), service)
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause
    throw new UsageError('The file is too large, or nested too deeply.', {
      place: source.name,
      advice: 'Give a smaller one: a few requests of each kind are enough.',
      cause,
    })
  }
}
