/** Plan → RunRecord: rounds of fresh launches, until there is enough or no time is left. */
import { basename } from 'node:path'
import { MeasureError } from '../model/errors.ts'
import type { Finding } from '../model/finding.ts'
import type { Plan } from '../model/plan.ts'
import { RECORD_SCHEMA, type RoundRecord, type RunRecord } from '../model/record.ts'
import type { World } from '../model/world.ts'
import { type Redact, redactorFor } from '../words/redaction.ts'
import { OwnLease, otherLeases, sweep } from './both/lease.ts'
import { Driver } from './harness/driver.ts'
import { describeEnvironment } from './harness/environment.ts'
import { otherRuns, resumed, roundLost, runFailed } from './harness/findings.ts'
import { NotComparable } from './harness/foreign-code.ts'
import { LostRounds } from './harness/lost-rounds.ts'
import { refuseOccupied, waitForOthers } from './harness/other-runs.ts'
import { measureRound } from './harness/round.ts'
import { timeFor, timeLeft } from './harness/time-budget.ts'

export { cleanUp, isRunning, type Lease, otherLeases, survivors } from './both/lease.ts'
export { describeEnvironment, version } from './harness/environment.ts'
export { refuseOccupied } from './harness/other-runs.ts'

/** What `bench.ts` does for a measurement, so that this room knows neither the judge nor the disk. */
export interface Oversight {
  /** Whether the gates need no further round. */
  enough(run: RunRecord): boolean
  /** Saves a complete round. What it gives back stays in memory in the round's place. */
  keep(run: RunRecord, round: RoundRecord): Promise<RoundRecord>
  /** Saves the whole record at the end, and gives it back. */
  close(run: RunRecord): Promise<RunRecord>
}

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
 * @throws MeasureError when a launch fails and not one round was complete, or nothing can be saved; UsageError when
 * another run writes into the same folder
 */
export async function measure(
  plan: Plan,
  world: World,
  { enough, keep, close }: Oversight,
  { earlier, wait = false, missing = [] }: MeasureOptions = {},
): Promise<RunRecord> {
  const clean = redactorFor(plan, world)
  const began = world.now() - (earlier?.duration ?? 0)
  const run = earlier ? { ...earlier, ending: 'running' as const } : newRecord(clean(plan), world, began)
  const notice = (noticed: Finding) => {
    const finding = clean(noticed)
    // What happens in every round is said once.
    if (run.findings.some(({ code, message }) => code === finding.code && message === finding.message)) return
    run.findings.push(finding)
    world.emit({ type: 'finding', finding })
  }
  if (earlier) notice(resumed(earlier.rounds.length))
  else for (const finding of run.findings) world.emit({ type: 'finding', finding })
  const lease = OwnLease.take(plan, wait)
  let driver: Driver | undefined
  /** Started when it is first needed, and again after it has ended in the middle of a round. */
  const aliveDriver = async (): Promise<Driver> => {
    if (driver?.alive) return driver
    await driver?.stop()
    driver = await Driver.start(plan, lease, world)
    return driver
  }
  const lost = new LostRounds()
  /** @returns undefined when the round was lost */
  const attempt = async (round: number): Promise<RoundRecord | undefined> => {
    try {
      const measured = await measureRound(round, {
        plan,
        world,
        lease,
        driver: await aliveDriver(),
        notice,
        missing,
        time: timeFor(run, plan, world.now() - began),
        pace: run.rounds[0]?.launches[0]?.pace,
      })
      lost.kept()
      return withoutSecrets(measured, clean)
    } catch (error) {
      if (world.signal.aborted || !(error instanceof MeasureError)) throw error
      if (error instanceof NotComparable || !lost.lost(run.rounds.length)) throw error
      // Cleaned before it is cut short: half of a secret would not be recognised.
      notice(roundLost(round, clean(error)))
    }
  }
  try {
    refuseOccupied(plan.output, lease)
    if (wait) await waitForOthers(lease, world)
    const others = otherLeases()
    for (const finding of otherRuns(others)) notice(finding)
    await sweep(others)
    let round = Math.max(0, ...run.rounds.map(({ index }) => index))
    while (run.rounds.length < plan.rounds.max && timeLeft(run, plan, world.now() - began)) {
      // A round that was lost is measured again under the next number.
      const of = ++round - run.rounds.length - 1 + plan.rounds.max
      const left = plan.maxTime - (world.now() - began)
      world.emit({ type: 'round', scenario: plan.scenario, round, of, left })
      const measured = await attempt(round)
      if (!measured) continue
      run.duration = world.now() - began
      run.rounds.push(await keep(run, measured))
      if (run.rounds.length >= plan.rounds.min && enough(run)) break
    }
    run.ending = 'complete'
  } catch (error) {
    if (world.signal.aborted) run.ending = 'interrupted'
    else if (run.rounds.length === 0) throw clean(error)
    else {
      run.ending = 'failed'
      notice(runFailed(clean(error)))
    }
  } finally {
    await driver?.stop()
    lease.release()
    run.duration = world.now() - began
  }
  return await closed(run, close)
}

/** Only the failures in a round quote the target: names of steps, and beginnings of answers. */
function withoutSecrets(round: RoundRecord, clean: Redact): RoundRecord {
  const launches = round.launches.map(launch =>
    launch.failures ? { ...launch, failures: clean(launch.failures) } : launch,
  )
  return { ...round, launches }
}

/** Each round was saved before. If the whole record cannot be saved, the message says so, so that nobody measures again. */
async function closed(run: RunRecord, close: Oversight['close']): Promise<RunRecord> {
  try {
    return await close(run)
  } catch (error) {
    if (!(error instanceof MeasureError) || run.rounds.length === 0) throw error
    const rounds = run.rounds.length === 1 ? '1 round is' : `${run.rounds.length} rounds are`
    throw new MeasureError(`${error.message} ${rounds} saved.`, {
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
