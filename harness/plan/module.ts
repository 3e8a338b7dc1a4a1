/** Imports a user's file. Whatever is wrong with it becomes one message with its place. */
import { basename } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { UsageError } from '../model/errors.ts'

/**
 * The default export of the file.
 *
 * @param noun what the file is called in messages, for example `scenario`
 * @throws UsageError when it cannot be loaded or has no default export
 */
export async function importDefault(file: string, noun: string, advice: string): Promise<unknown> {
  const module = await importFile(file, noun)
  if (module.default !== undefined) return module.default
  const others = Object.keys(module).join(', ') || 'nothing'
  throw new UsageError(`The ${noun} file has no default export (it exports ${others}).`, {
    place: file,
    advice,
  })
}

async function importFile(file: string, noun: string): Promise<Record<string, unknown>> {
  try {
    return await import(pathToFileURL(file).href)
  } catch (error) {
    throw new UsageError(`The ${noun} file cannot be loaded: ${describe(error)}`, {
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

/** The first place outside of Node in the error's stack: the mistake may be in a file that the scenario imports. */
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
  const message = String(error)
  if (/outside a module|Unexpected token 'export'/.test(message) && !/\.m[jt]s$/.test(file))
    return `Rename it to \`${basename(file).replace(/\.([jt]s)$/, '.m$1')}\`: without "type": "module" in package.json it is read as CommonJS.`
  if (/Cannot find package 'flamegate'/.test(message))
    return 'Install Flamegate in this project: the file imports it from `node_modules`.'
  if (code === 'ERR_MODULE_NOT_FOUND') return 'Check the import; a relative one needs its file extension.'
  return `Run \`node ${file}\` to see the error on its own.`
}
