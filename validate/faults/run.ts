/** A run of the suite's own scenario, and what it leaves behind. */
import { join } from 'node:path'
import { readRecord } from '../../harness/store/index.ts'
import { Flamegate } from '../../test/e2e/flamegate.ts'

const SCENARIO = join(import.meta.dirname, 'scenario.ts')

export interface Left {
  /** Absent when a signal ended the run. */
  code?: number
  signal?: string
  stderr: string
  /** Processes of the run that are still there 3 s after the harness has ended. */
  processes: string[]
  /** Temporary files, and parts of files that were being written. */
  files: string[]
  /** Such files that `flamegate clean` removed: a harness that was killed cannot. */
  swept: string[]
  /** Rounds that can be read from the record; `null` when there is no record, an error's message when it is unreadable. */
  rounds: number | string | null
}

/** Detached, so that Ctrl-C in this terminal does not reach the run. */
export const startRun = (args: string[], environment: Record<string, string> = {}, output?: string) =>
  new Flamegate([SCENARIO, '--quick', ...args], {
    directory: import.meta.dirname,
    environment,
    output,
    detached: true,
  })

/** Waits for the end of a run, inspects what it left, and removes it. */
export async function leftBy(run: Flamegate): Promise<Left> {
  const { exitCode: code, signal, stderr } = await run.ended()
  const processes = await run.processesLeft()
  const swept = signal === undefined ? [] : run.temporaryFiles()
  if (swept.length > 0) await run.also('clean')
  const files = run.temporaryFiles()
  const rounds = await roundsIn(run.output)
  run.remove()
  return { code, signal, stderr, processes, files, swept, rounds }
}

async function roundsIn(output: string): Promise<Left['rounds']> {
  try {
    return (await readRecord(output)).rounds.length
  } catch (error) {
    const { message } = error as Error
    return message === 'There is no record here.' ? null : message
  }
}

/** Processes and files that should be gone. */
export const leftovers = ({ processes, files }: Pick<Left, 'processes' | 'files'>): string[] => [
  ...(processes.length > 0 ? [`processes left: ${processes.join('; ')}`] : []),
  ...(files.length > 0 ? [`files left: ${files.join(', ')}`] : []),
]

/** The process that drives the load. */
export function driverOf(run: Flamegate): number | undefined {
  const line = run.processes().find(text => text.includes('/driver/main.'))
  return line === undefined ? undefined : Number.parseInt(line, 10)
}

/** Rounds that the run has announced. */
export const roundsBegun = ({ stderr }: Flamegate): number =>
  Math.max(0, ...[...stderr.matchAll(/round (\d+) of/g)].map(match => Number(match[1])))
