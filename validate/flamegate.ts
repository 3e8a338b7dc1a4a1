/** Flamegate in a process of its own, as a user runs it. */
import { join } from 'node:path'
import { execa } from 'execa'
import { mortal } from '../harness/measure/harness/command.ts'
import type { RunRecord } from '../harness/model/record.ts'
import type { FrameChange, Report, Status } from '../harness/model/report.ts'

export const ROOT = join(import.meta.dirname, '..')

/** The part of `report.json` that is read here. */
export interface ReportDocument {
  ending: RunRecord['ending']
  rounds: number
  gates: { metric: string; status: Status; change: unknown }[]
  comparisons: Report['analysis']['comparisons']
  frames: FrameChange[]
  findings: { code: string; message: string }[]
}

interface Options {
  environment?: Record<string, string>
  /** Put before the command, such as `taskset`. */
  prefix?: string[]
  signal?: AbortSignal
}

/**
 * Any verdict is an answer: only a run without a report is an error.
 *
 * @throws Error with the first lines of its complaint; the reason of the signal when it aborts
 */
export async function flamegate(
  args: string[],
  { environment, prefix = [], signal }: Options = {},
): Promise<ReportDocument> {
  signal?.throwIfAborted()
  const bin = join(ROOT, 'harness', 'bin.js')
  const [program, ...rest] = mortal([...prefix, process.execPath, bin, ...args, '--json'])
  const { stdout, stderr, exitCode } = await execa(program!, rest, {
    cwd: ROOT,
    env: environment,
    reject: false,
    cancelSignal: signal,
    // An interrupted run ends by itself: it stops what it has started.
    forceKillAfterDelay: false,
  })
  signal?.throwIfAborted()
  if (stdout !== '') return JSON.parse(stdout)
  const complaint = stderr.trim().split('\n').slice(0, 3).join(' ')
  throw new Error(`flamegate ended with code ${exitCode}: ${complaint}`)
}
