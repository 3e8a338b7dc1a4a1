/** Measures one scenario for a command, and shows the result. */
import { type StorePlace, sendRun } from '../exchange/index.ts'
import type { Capabilities } from '../model/capabilities.ts'
import type { Plan } from '../model/plan.ts'
import type { RunRecord } from '../model/record.ts'
import type { Problem, Report } from '../model/report.ts'
import type { World } from '../model/world.ts'
import { counted } from '../words/numbers.ts'
import type { Engine } from './command.ts'
import { printReport, writeReports } from './deliver.ts'
import type { Options } from './flags.ts'
import { type Host, worldOf } from './host.ts'
import { exitCode, INTERRUPTED, problemOf, reservation, tellProblem } from './outcome.ts'
import { remoteText } from './print-plan.ts'
import { display, silent } from './progress.ts'

/** What the scenarios of one command share. */
export interface Session {
  options: Options
  host: Host
  engine: Engine
  capabilities: Capabilities
  signal: AbortSignal
}

export interface Measured {
  code: number
  /** Absent when the run failed, or was interrupted before its first round was complete. */
  report?: Report
  /** The report as JSON. */
  json?: string
  /** Why it failed. */
  problem?: Problem
}

/** Whatever goes wrong here is printed, and changes no verdict. */
async function sendReport(report: Report, place: StorePlace, host: Host): Promise<void> {
  try {
    const count = await sendRun(place, report, host.env)
    host.stderr.write(`Sent to ${place.address}: ${counted(count, 'profile')}.\n`)
  } catch (error) {
    host.stderr.write('The profiles were not sent. The verdict is not affected.\n')
    tellProblem(error, host)
  }
}

/**
 * Problems are printed and returned, not thrown, so that the other scenarios are still measured.
 *
 * @param planned gives the plan
 */
export async function measureOne(
  planned: (world: World) => Plan | Promise<Plan>,
  { options, host, engine, capabilities, signal }: Session,
  earlier?: RunRecord,
): Promise<Measured> {
  const live = options.json ? silent : display(host.stderr, Date.now)
  const strict = options.strict ?? false
  try {
    const world = worldOf(host, { signal, emit: progress => live.show(progress) })
    const plan = await planned(world)
    if (plan.remote) host.stderr.write(`Sends ${remoteText(plan.remote)}.\n`)
    const report = await engine.runPlan(plan, world, capabilities, earlier)
    const { json, page } = await writeReports(report, capabilities.reporters)
    live.end()
    if (!options.json) {
      printReport(report, page, host)
      host.stderr.write(reservation(report, strict))
    }
    if (options.send) await sendReport(report, options.send, host)
    return { code: exitCode(report, strict), report, json }
  } catch (error) {
    live.end()
    if (!signal.aborted || error !== signal.reason)
      return { code: tellProblem(error, host), problem: problemOf(error) }
    host.stderr.write('Interrupted before the first round was complete: there is nothing to report.\n')
    return { code: INTERRUPTED }
  }
}
