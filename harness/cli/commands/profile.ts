/** `profile --pid N`: profiles a Node process that runs already, without a probe in it. */
import { join, resolve } from 'node:path'
import { functionName, place } from '../../../reports/shared/functions.ts'
import { recordProcess } from '../../attach/index.ts'
import { encodePprof } from '../../formats/index.ts'
import { UsageError } from '../../model/errors.ts'
import type { Profile } from '../../model/profile.ts'
import { quote, runId } from '../../plan/index.ts'
import { buildCallTree, lineTable } from '../../profile/index.ts'
import { sum } from '../../stats/describe.ts'
import { saveArtifacts } from '../../store/index.ts'
import { duration, share } from '../../words/numbers.ts'
import { cell } from '../../words/text.ts'
import type { Command } from '../command.ts'
import { interruptible } from '../interrupt.ts'
import { INTERRUPTED } from '../outcome.ts'

/** Milliseconds. */
const USUAL = 10_000

export const profile: Command = {
  operands: '',
  help: 'profile a Node process that runs already',
  details: `Opens the inspector of the process on this machine (SIGUSR1), records CPU time (a sample every ms) and allocation for --seconds, and
closes it again, also after Ctrl-C. Then it prints the lines that took most of the CPU time. While the inspector is open, every user of this
machine can take over the process. Sampling costs a few per cent of CPU time. The files are pprof: compare two of them, for example before
and after a fix, with \`flamegate diff\`. The process must be yours, or you root.`,
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
        `The event loop was busy ${share(busy)} of the time. The lines that took most of it by themselves:`,
        ...hottestLines(recorded.cpu),
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

/** Lines that are printed. */
const MOST_LINES = 5

/** `  71 %  renderRows server.js:35` */
function hottestLines(profile: Profile): string[] {
  const tree = buildCallTree([profile], { without: ({ name }) => name === '(idle)' })
  const { frame, line, self } = lineTable(tree, [profile])
  const costs = self[0]!
  const whole = sum(costs)
  return Array.from(costs, (cost, at) => ({ cost, at }))
    .filter(({ cost }) => cost > 0)
    .toSorted((a, b) => b.cost - a.cost)
    .slice(0, MOST_LINES)
    .map(({ cost, at }) => {
      const { name, file } = tree.frames[frame[at]!]!
      return `${cell(share(cost / whole), 8, 'right')}  ${functionName(name)} ${place(file, line[at]!)}`.trimEnd()
    })
}
