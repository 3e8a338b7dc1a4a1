/** A baseline from git that does not start may lack files that git ignores: those that its message names, or any. */
import { MeasureError } from '../../model/errors.ts'

/** Names that a message lists. */
const SHOWN = 8

/** The error with the files that the working tree has and the checkout has not, and the line that copies them. */
export function namingFiles(error: unknown, lacking: string[]): unknown {
  if (!(error instanceof MeasureError) || lacking.length === 0) return error
  const named = lacking.filter(path => mentions(error.details ?? '', path))
  const paths = (named.length > 0 ? named : lacking).slice(0, SHOWN)
  const they = paths.length === 1 ? 'it' : 'them'
  const files = `The working tree has ${paths.join(', ')}, and git ignores ${they}, so the checkout does not.`
  const line = `copy: [${paths.map(path => `'${path}'`).join(', ')}]`
  const copy = `Add \`${line}\` to the target${named.length > 0 ? ' to copy ' : ' if it needs '}${they}.`
  const others = named.length > 0 ? [] : [error.advice]
  return new MeasureError(error.message, {
    ...error,
    advice: [files, copy, ...others].filter(Boolean).join(' '),
    cause: error.cause,
  })
}

/** The output of a program names a file by its path, or a folder as part of one; a module goes without its extension. */
function mentions(output: string, path: string): boolean {
  const plain = path.replace(/^(\.\.\/)+/, '').replace(/\/$/, '')
  const names = [plain, plain.replace(/\.\w+$/, '')].filter(name => name.length > 2)
  // Not the end of `process.env`.
  return names.some(name => new RegExp(`(?<!\\w)${escaped(name)}(?!\\w)`).test(output))
}

const escaped = (text: string) => text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
