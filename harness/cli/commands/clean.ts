/** `clean`: removes what runs that were cut off have left on this machine. */
import { openRepository } from '../../git/repository.ts'
import { cleanUp, isRunning, type Lease, otherLeases, survivors } from '../../measure/index.ts'
import { removeAbandoned } from '../../provide/index.ts'
import { visible } from '../../words/text.ts'
import type { Command } from '../command.ts'
import type { Host } from '../host.ts'
import { FINE, NOT_MEASURED } from '../outcome.ts'

export const clean: Command = {
  operands: '',
  help: 'remove what runs that were cut off have left',
  details: `A run notes its processes in a lease (in the folder \`flamegate\` among the temporary files). \`clean\` reads the leases of
runs whose harness is gone, ends the processes with the mark of the run, and removes its temporary folder. In a git
repository it also removes the checkouts that such runs have left next to it. Runs that are still going on, and everything of
other users, are left alone. --dry-run only lists what there is.`,
  flags: ['dry-run'],
  async run({ options }, host) {
    const abandoned = otherLeases().filter(lease => lease.ours && !isRunning(lease))
    const say = (text: string) => host.stdout.write(`${visible(text)}\n`)
    const dry = options['dry-run'] === true
    const stubborn: number[] = []
    for (const lease of abandoned) {
      if (dry) say(`${named(lease)}: ${processes(survivors(lease))} to end.`)
      else {
        const { found, left } = await cleanUp(lease)
        say(`${named(lease)}: ${processes(found)} ended, its temporary files removed.`)
        stubborn.push(...left)
      }
    }
    // By now no process of an abandoned run is left in a checkout.
    const checkouts = await abandonedCheckouts(host, dry)
    for (const folder of checkouts) say(`The checkout ${folder}${dry ? ' to remove' : ' removed'}.`)
    if (abandoned.length + checkouts.length === 0) say('There is nothing to clean up.')
    if (stubborn.length > 0) say(`These could not be ended: ${stubborn.join(', ')}.`)
    return stubborn.length > 0 ? NOT_MEASURED : FINE
  },
}

async function abandonedCheckouts(host: Host, dry: boolean): Promise<string[]> {
  const repository = await openRepository(host.cwd(), host.env).catch(() => null)
  return repository ? await removeAbandoned(repository.root, host.env, dry ? 'look' : undefined) : []
}

const named = ({ scenario, output }: Lease) => `The run of \`${scenario}\` in ${output}`

const processes = (pids: number[]) =>
  pids.length === 0 ? 'no process' : `${pids.length === 1 ? 'process' : 'processes'} ${pids.join(', ')}`
