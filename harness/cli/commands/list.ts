/** `list`: lists the scenarios. */
import { join, relative } from 'node:path'
import { indented } from '../../../reports/json.ts'
import { UsageError } from '../../model/errors.ts'
import { findScenarios, loadScenario, nameOf } from '../../plan/index.ts'
import { type Command, isCommandName } from '../command.ts'
import { problem } from '../outcome.ts'

export const list: Command = {
  operands: '',
  help: 'list the scenarios',
  flags: ['json'],
  async run({ options }, host) {
    const listed = await listScenarios(host.cwd())
    host.stdout.write(options.json ? indented(listed) : printList(listed, host.cwd()))
  },
}

interface Listed {
  name: string
  file: string
  description: string
  /** Why it cannot be loaded. */
  problem?: string
}

/** A broken scenario is listed with its problem, and must not hide the others. */
async function listScenarios(directory: string): Promise<Listed[]> {
  const found = await findScenarios(directory)
  return Promise.all(
    [...found].map(async ([reference, path]) => {
      const file = relative(directory, path)
      try {
        const scenario = await loadScenario(path)
        return { name: nameOf(scenario, path), file, description: scenario.description ?? '' }
      } catch (error) {
        if (!(error instanceof UsageError)) throw error
        return { name: reference, file, description: '', problem: problem(error, false) }
      }
    }),
  )
}

function printList(listed: Listed[], directory: string): string {
  if (listed.length === 0) return `There are no scenarios in ${join(directory, 'scenarios')}.\n`
  const rows = listed.map(({ name, file, description, problem }) => ({
    // The name alone would mean the command.
    reference: isCommandName(name) ? file : name,
    text: problem ?? `${description}\n`,
  }))
  const width = Math.max(...rows.map(({ reference }) => reference.length))
  return rows.map(({ reference, text }) => `${reference.padEnd(width)}  ${text}`).join('')
}
