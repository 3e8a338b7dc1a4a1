/** Where saved baselines are: each scenario has a folder, and a name in it means a record. */
import { join } from 'node:path'
import { UsageError } from '../model/errors.ts'
import { fileNameOf } from '../paths/file-name.ts'

/** A name is never a path: it has no separator and no leading dot. */
const NAME = /^\w[\w.-]{0,63}$/

/** Absolute path of the folder with a scenario's saved baselines. */
export const savedFolder = (directory: string, scenario: string): string =>
  join(directory, '.bench', 'baselines', fileNameOf(scenario))

/**
 * Absolute path of the record that is saved under a name.
 *
 * @param place the flag that the name comes from
 * @throws UsageError when it is not a plain name
 */
export function savedPath(directory: string, scenario: string, name: string, place: string): string {
  if (NAME.test(name)) return join(savedFolder(directory, scenario), `${name}.json`)
  throw new UsageError(`\`${name}\` cannot be the name of a baseline.`, {
    place,
    advice: 'Use letters, digits, `_`, `-` and `.`, for example `main` (64 at most, no path).',
  })
}
