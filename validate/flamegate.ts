/** Runs Flamegate in its own process, as a user does. */
import { execa } from 'execa'
import { mortal } from '../harness/measure/harness/command.ts'
import type { Status } from '../harness/model/comparison.ts'
import type { FrameChange } from '../harness/model/flame.ts'
import type { RunRecord } from '../harness/model/record.ts'
import type { Report } from '../harness/model/report.ts'
import { ROOT } from './experiment.ts'

/** The part of `report.json` that is read here. */
export interface ReportDocument {
  ending: RunRecord['ending']
  rounds: number
  /** Milliseconds of the whole run. */
  duration: number
  gates: { metric: string; status: Status; change: unknown }[]
  comparisons: Report['analysis']['comparisons']
  frames: FrameChange[]
  culprits: Report['analysis']['culprits']
  owners: Report['analysis']['owners']
  overheads: Report['analysis']['overheads']
  times?: Report['analysis']['times']
  diagnosis?: Report['analysis']['diagnosis']
  findings: { code: string; message: string }[]
}

interface Options {
  environment?: Record<string, string>
  /** Put before the command, such as `taskset`. */
  prefix?: string[]
  signal?: AbortSignal
}

/** @throws Error with the first lines of standard error when there is no report, whatever the verdict */
export async function flamegate(
  args: string[],
  { environment, prefix = [], signal }: Options = {},
): Promise<ReportDocument> {
  signal?.throwIfAborted()
  const [program, ...rest] = mortal([...prefix, process.execPath, 'harness/bin.js', ...args, '--json'])
  const { stdout, stderr, exitCode } = await execa(program!, rest, {
    cwd: ROOT,
    env: environment,
    reject: false,
    cancelSignal: signal,
    // An interrupted run stops what it has started, and ends.
    forceKillAfterDelay: false,
  })
  signal?.throwIfAborted()
  if (stdout !== '') return JSON.parse(stdout)
  const complaint = stderr.trim().split('\n').slice(0, 3).join(' ')
  throw new Error(`flamegate ended with code ${exitCode}: ${complaint}`)
}
