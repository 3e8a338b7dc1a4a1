/** `profile --pid N`: profiles a Node process that runs already, without a probe in it. */
import { join, resolve } from 'node:path'
import { recordProcess } from '../../attach/index.ts'
import { encodePprof } from '../../formats/index.ts'
import { UsageError } from '../../model/errors.ts'
import { quote, runId } from '../../plan/index.ts'
import { saveArtifacts } from '../../store/index.ts'
import { duration, share } from '../../words/numbers.ts'
import type { Command } from '../command.ts'
import { interruptible } from '../interrupt.ts'
import { INTERRUPTED } from '../outcome.ts'

/** Milliseconds. */
const USUAL = 10_000

export const profile: Command = {
  operands: '',
  help: 'profile a Node process that runs already',
  details: `Opens the inspector of the process on this machine (SIGUSR1), records CPU time (a sample every ms) and allocation for --seconds, and
closes it again, also after Ctrl-C. While it is open, every user of this machine can take over the process. Sampling costs a few per cent
of CPU time. The files are pprof: compare two of them, for example before and after a fix, with \`flamegate diff\`. The process must be
yours, or you root.`,
  flags: ['pid', 'seconds', 'output'],
  async run({ options }, host) {
    const { pid, seconds = USUAL } = options
    if (pid === undefined)
      throw new UsageError('No process is named.', { advice: 'Give its id: `--pid 12345`.' })
    const folder = resolve(
      host.cwd(),
      options.output ?? join('.bench', 'profile', `${pid}-${runId(Date.now())}`),
    )
    host.stderr.write(`Profiling process ${pid} for ${duration(seconds)}.\n`)
    const recorded = await interruptible(host, async signal => {
      try {
        return await recordProcess(pid, seconds, signal)
      } catch (error) {
        if (signal.aborted) return undefined
        throw error
      }
    })
    if (!recorded) {
      host.stderr.write('Interrupted: nothing is written.\n')
      return INTERRUPTED
    }
    const [cpu, allocation] = await saveArtifacts(folder, [
      { path: 'cpu.pb.gz', content: encodePprof(recorded.cpu) },
      { path: 'allocation.pb.gz', content: encodePprof(recorded.allocation) },
    ])
    const { address, wasOpen, busy } = recorded
    host.stdout.write(
      [
        `CPU: ${cpu}`,
        `Allocation: ${allocation}`,
        `The event loop was busy ${share(busy)} of the time.`,
        wasOpen
          ? `The inspector was open at ${address} before, and still is.`
          : `The inspector was open at ${address} for ${duration(recorded.duration)}, and is closed.`,
        `Compare it with a later one: npx flamegate diff ${quote(cpu!)} <later>/cpu.pb.gz`,
        '',
      ].join('\n'),
    )
    return undefined
  },
}
