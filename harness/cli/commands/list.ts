/** `list`: lists the scenarios. */
import { type Command, expectOperands } from '../command.ts'
import { listScenarios, printList } from '../inspect.ts'
import { FINE } from '../outcome.ts'

export const list: Command = {
  operands: '',
  help: 'list the scenarios',
  flags: ['json'],
  async run({ words, options }, host) {
    expectOperands('list', list, words)
    const listed = await listScenarios(host.cwd())
    host.stdout.write(options.json ? `${JSON.stringify(listed, null, 2)}\n` : printList(listed, host.cwd()))
    return FINE
  },
}
