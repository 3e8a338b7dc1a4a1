/** An earlier run: saved under a name, or given as the path of its record. */
import { readdir, stat } from 'node:fs/promises'
import { extname, isAbsolute, join, resolve } from 'node:path'
import type { BaselineQuestion, BaselineSource } from '../model/capabilities.ts'
import { UsageError } from '../model/errors.ts'
import { savedFolder, savedPath } from '../scenario/saved.ts'
import { suggest } from '../words/suggestion.ts'
import { onlyVariant } from './single.ts'

const record: BaselineSource = {
  name: 'record',
  prefix: '',
  form: '<name|file>',
  async plan(question) {
    const own = onlyVariant(question)
    const recorded = await (looksLikePath(question.reference) ? fileOf(question) : namedOf(question))
    return { variants: [own], baseline: own.id, recorded }
  },
}

export default record

const looksLikePath = (reference: string) =>
  isAbsolute(reference) || /[/\\]/.test(reference) || extname(reference) === '.json'

/** The path of a record, or of the folder of its run. */
async function fileOf({ reference, world }: BaselineQuestion): Promise<string> {
  const path = resolve(world.directory, reference)
  for (const file of [path, join(path, 'record.json')]) if (await isFile(file)) return file
  throw new UsageError('There is no record at this path.', {
    place: path,
    advice:
      'Give the path of a `record.json`, or the name of a baseline that was saved with `--save-baseline`.',
  })
}

async function namedOf({ reference, scenario, world }: BaselineQuestion): Promise<string> {
  if (reference.includes(':'))
    throw new UsageError(`\`${reference}\` is not a baseline.`, {
      place: '--baseline',
      advice: 'Write `git:<ref>`, `variant:<id>`, the name of a saved baseline or the path of a record.',
    })
  const path = savedPath(world.directory, scenario, reference, '--baseline')
  if (await isFile(path)) return path
  const names = await savedNames(savedFolder(world.directory, scenario))
  throw new UsageError(`There is no saved baseline \`${reference}\` of ${scenario}.`, {
    place: '--baseline',
    advice: `${suggest(reference, names, 'saved baselines')} Save one with \`--save-baseline ${reference}\`; a commit is written \`git:${reference}\`.`,
  })
}

async function savedNames(folder: string): Promise<string[]> {
  const files = await readdir(folder).catch(() => [])
  return files.filter(file => extname(file) === '.json').map(file => file.slice(0, -'.json'.length))
}

const isFile = async (path: string) => (await stat(path).catch(() => undefined))?.isFile() ?? false
