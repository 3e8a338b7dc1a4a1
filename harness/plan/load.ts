/** Loads a scenario file; whatever is wrong with it becomes one message with the place. */
import { basename, extname } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { UsageError } from '../model/errors.ts'
import type { Scenario } from '../model/scenario.ts'
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
  const module = await importFile(file)
  if (module.default === undefined) {
    const others = Object.keys(module).join(', ') || 'nothing at all'
    throw new UsageError(`The scenario file has no default export (it exports ${others}).`, {
      place: file,
      advice: SHAPE,
    })
  }
  const checked = parseScenario(module.default)
  if ('scenario' in checked) return checked.scenario
  throw new UsageError('The scenario has not the shape of one.', {
    place: file,
    details: checked.problems.join('\n'),
    advice: SHAPE,
  })
}

async function importFile(file: string): Promise<Record<string, unknown>> {
  try {
    return await import(pathToFileURL(file).href)
  } catch (error) {
    throw new UsageError(`The scenario file cannot be loaded: ${describe(error)}`, {
      place: placeOf(error, file),
      details: excerptOf(error),
      advice: adviceFor(error, file),
      cause: error,
    })
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
}

/** The first place outside Node itself in the error's stack: a file that the scenario imports may be the culprit. */
function placeOf(error: unknown, file: string): string {
  const match = /(file:\/\/[^\s)]+?):(\d+)(?::\d+)?(?=[\s)]|$)/.exec(stackOf(error))
  if (!match) return file
  const path = fileURLToPath(match[1]!.split('?')[0]!)
  return `${path}:${match[2]}`
}

/** The lines of source that Node puts above a syntax error, with the mark below them. */
function excerptOf(error: unknown): string | undefined {
  const [head = ''] = stackOf(error).split(/^\w*Error/m)
  const lines = head.trimEnd().split('\n').slice(1)
  return lines.length > 0 ? lines.join('\n') : undefined
}

const stackOf = (error: unknown) => (error instanceof Error ? (error.stack ?? '') : '')

function adviceFor(error: unknown, file: string): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX')
    return 'Types are stripped, not compiled: use erasable syntax only (no enum, namespace or parameter property).'
  if (code === 'ERR_MODULE_NOT_FOUND') return 'Check the import; a relative one needs its file extension.'
  return `Run \`node ${file}\` to see the error by itself.`
}
