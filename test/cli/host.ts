/** The command line, run in a pretended process with an engine that measures nothing. */

import type { Machine } from '../../harness/cli/doctor/machine.ts'
import type { Host, Signal } from '../../harness/cli/host.ts'
import { run as runCommand } from '../../harness/cli/run.ts'
import { evidenceOfRun } from '../../harness/evidence/index.ts'
import type { Capabilities } from '../../harness/model/capabilities.ts'
import type { Status } from '../../harness/model/comparison.ts'
import type { RunOptions } from '../../harness/model/options.ts'
import type { Plan } from '../../harness/model/plan.ts'
import type { Report } from '../../harness/model/report.ts'
import type { World } from '../../harness/model/world.ts'
import { makePlan } from '../../harness/plan/index.ts'
import { CAPABILITIES, worldIn } from '../plan/world.ts'
import { sampleRecord } from '../store/record.ts'
import { quietMachine } from './machine.ts'

export interface Ran {
  code: number
  out: string
  err: string
  /** What the engine was asked for. */
  asked: RunOptions[]
  /** The plans that it was given. */
  plans: Plan[]
  /** Codes that the process was ended with at once. */
  exits: number[]
  listeners: number
}

export interface Setting {
  directory: string
  environment?: Record<string, string>
  terminal?: boolean
  /** Where answers are typed. */
  stdin?: Host['stdin']
  /** Instead of a fine report. `send` raises a signal in the process. */
  measure?: (plan: Plan, world: World, send: (signal: Signal) => void) => Promise<Report>
  machine?: Machine
  capabilities?: Capabilities
}

export async function runCli(argv: string[], setting: Setting): Promise<Ran> {
  const ran: Ran = { code: -1, out: '', err: '', asked: [], plans: [], exits: [], listeners: 0 }
  const out: string[] = []
  const err: string[] = []
  const listeners = new Map<Signal, Set<() => void>>()
  const of = (signal: Signal) => listeners.get(signal) ?? listeners.set(signal, new Set()).get(signal)!
  const tty = setting.terminal && { isTTY: true, columns: 60 }
  const host: Host = {
    cwd: () => setting.directory,
    env: setting.environment ?? {},
    ...(setting.stdin && { stdin: setting.stdin }),
    stdout: { write: text => out.push(text), ...tty },
    stderr: { write: text => err.push(text), ...tty },
    on: (signal, listener) => of(signal).add(listener),
    off: (signal, listener) => of(signal).delete(listener),
    exit: code => ran.exits.push(code),
  }
  const send = (signal: Signal) => {
    for (const listener of of(signal)) listener()
  }
  const measure = setting.measure ?? fine
  ran.code = await runCommand(argv, host, {
    loadCapabilities: async () => setting.capabilities ?? CAPABILITIES,
    inspectMachine: async () => setting.machine ?? quietMachine(),
    runPlan: (plan, world) => {
      ran.plans.push(plan)
      ran.asked.push(plan.request!)
      return measure(plan, world, send)
    },
  })
  ran.out = out.join('')
  ran.err = err.join('')
  ran.listeners = [...listeners.values()].reduce((sum, set) => sum + set.size, 0)
  return ran
}

/** The plan of a scenario in a folder. */
export const planOf = (scenario: string, directory: string): Promise<Plan> =>
  makePlan({ scenario }, worldIn(directory), CAPABILITIES)

/** A report of the plan, with one gate of the given status. */
export async function reportOf(
  plan: Plan,
  status: Status = 'fine',
  changes: { ending?: Report['run']['ending']; level?: 'error' | 'warn'; unusable?: string } = {},
): Promise<Report> {
  const { ending = 'complete', level = 'error', unusable } = changes
  const planned = plan.gates.find(({ metric }) => metric === 'cpu.perRequest')
  const gate = { ...planned, metric: 'cpu.perRequest', margin: 0.02, level }
  const run = { ...sampleRecord(), plan, ending }
  return {
    run,
    evidence: evidenceOfRun(run),
    analysis: {
      loaderLimited: false,
      comparisons: [],
      frames: [],
      flames: [],
      budgets: [],
      culprits: [],
      owners: [],
      latency: [],
      overheads: [],
      findings: [],
    },
    verdict: {
      status,
      decided: status !== 'inconclusive',
      ...(unusable !== undefined && { unusable }),
      gates: [{ gate, variant: 'slow', status, change: null, reason: 'as told' }],
    },
  }
}

const fine = (plan: Plan) => reportOf(plan)
