/** Plan → RunRecord: rounds of fresh launches, until there is enough or no time is left. */
import { basename } from 'node:path'
import { MeasureError } from '../model/errors.ts'
import type { Finding } from '../model/finding.ts'
import type { Plan } from '../model/plan.ts'
import { RECORD_SCHEMA, type RunRecord } from '../model/record.ts'
import type { World } from '../model/world.ts'
import { counted } from '../words/numbers.ts'
import { type Redact, redactorFor } from '../words/redaction.ts'
import { OwnLease, otherLeases, refuseOccupied, sweep } from './both/lease.ts'
import { describeEnvironment } from './harness/environment.ts'
import { otherRuns, resumed, runFailed } from './harness/findings.ts'
import { measureRounds, type Oversight } from './harness/rounds.ts'

export { cleanUp, isRunning, type Lease, otherLeases, refuseOccupied, survivors } from './both/lease.ts'
export { describeEnvironment, version } from './harness/environment.ts'
export type { Oversight } from './harness/rounds.ts'

export interface MeasureOptions {
  /** The record of the same plan, cut off, that this run continues. */
  earlier?: RunRecord
  /** Waits until no other run measures on this machine. */
  wait?: boolean
  /** Files of the working tree that the baseline's checkout does not have, because git ignores them. */
  missing?: string[]
}

/**
 * Measures until `enough`, the planned number of rounds, or the end of the time. An abort ends the run between two
 * processes, with the rounds that are complete. A round in which a launch fails is lost and the run goes on, within
 * limits: see docs/reliability.md.
 *
 * @throws MeasureError when a launch fails before any round is complete, or nothing can be saved; UsageError when another
 * run writes into the same folder
 */
export async function measure(
  plan: Plan,
  world: World,
  oversight: Oversight,
  { earlier, wait = false, missing = [] }: MeasureOptions = {},
): Promise<RunRecord> {
  const clean = redactorFor(plan, world)
  const began = world.now() - (earlier?.duration ?? 0)
  const spent = () => world.now() - began
  const run = earlier ? { ...earlier, ending: 'running' as const } : newRecord(clean(plan), world, began)
  const notice = noticeIn(run, world, clean)
  if (earlier) notice(resumed(earlier.rounds.length))
  else for (const finding of run.findings) world.emit({ type: 'finding', finding })
  const lease = OwnLease.take(plan, wait)
  try {
    refuseOccupied(plan.output, lease)
    if (wait) await lease.waitForOthers(world)
    const others = otherLeases()
    for (const finding of otherRuns(others)) notice(finding)
    await sweep(others)
    await measureRounds(run, { plan, world, lease, missing, clean, notice, spent }, oversight)
    run.ending = 'complete'
  } catch (error) {
    if (world.signal.aborted) run.ending = 'interrupted'
    else if (run.rounds.length === 0) throw clean(error)
    else {
      run.ending = 'failed'
      notice(runFailed(clean(error)))
    }
  } finally {
    lease.release()
    run.duration = spent()
  }
  return await closed(run, oversight)
}

/** Adds a finding to the record. What happens in every round is said once. */
function noticeIn(run: RunRecord, world: World, clean: Redact): (found: Finding) => void {
  return found => {
    const finding = clean(found)
    if (run.findings.some(({ code, message }) => code === finding.code && message === finding.message)) return
    run.findings.push(finding)
    world.emit({ type: 'finding', finding })
  }
}

/** Each round was saved before. If the whole record cannot be saved, the message says so, so that the run is not repeated for nothing. */
async function closed(run: RunRecord, { close }: Oversight): Promise<RunRecord> {
  try {
    return await close(run)
  } catch (error) {
    const { length } = run.rounds
    if (!(error instanceof MeasureError) || length === 0) throw error
    throw new MeasureError(`${error.message} ${counted(length, 'round is', 'rounds are')} saved.`, {
      ...error,
      advice: `${error.advice} \`flamegate report\` shows what is saved, \`flamegate resume\` goes on: ${run.plan.output}`,
      cause: error,
    })
  }
}

function newRecord(plan: Plan, world: World, began: number): RunRecord {
  return {
    schema: RECORD_SCHEMA,
    id: basename(plan.output),
    plan,
    environment: describeEnvironment(world),
    startedAt: new Date(began).toISOString(),
    duration: 0,
    ending: 'running',
    rounds: [],
    findings: [...(plan.findings ?? [])],
  }
}
