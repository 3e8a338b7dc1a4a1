/** Plan → RunRecord: rounds of fresh launches, until there is enough or no time is left. */
import { basename } from 'node:path'
import type { Finding } from '../model/finding.ts'
import type { Plan } from '../model/plan.ts'
import { RECORD_SCHEMA, type RunRecord } from '../model/record.ts'
import type { World } from '../model/world.ts'
import { Driver } from './driver/client.ts'
import { describeEnvironment } from './environment.ts'
import { measureRound } from './round.ts'

/** What the spine lends to measuring, so that this room knows neither the judge nor the disk. */
export interface Oversight {
  /** Looks at the gates after a round: is there enough? */
  enough(run: RunRecord): boolean
  /** Called after every round and at the end. */
  save(run: RunRecord): Promise<void>
}

/**
 * Measures until `enough`, the planned number of rounds, or the end of the time. An abort ends the run between two
 * processes, with the rounds that are complete.
 *
 * @throws MeasureError when a launch fails and not one round was complete
 */
export async function measure(plan: Plan, world: World, { enough, save }: Oversight): Promise<RunRecord> {
  const began = world.now()
  const run = newRecord(plan, world, began)
  for (const finding of run.findings) world.emit({ type: 'finding', finding })
  let round = 1
  const driver = await Driver.start(plan, ({ phase, detail }) =>
    world.emit({ type: 'phase', round, phase, ...(detail && { detail }) }),
  )
  try {
    while (round <= plan.rounds.max && timeLeft(run, plan, world.now() - began)) {
      world.emit({
        type: 'round',
        scenario: plan.scenario,
        round,
        of: plan.rounds.max,
        left: plan.maxTime - (world.now() - began),
      })
      run.rounds.push(await measureRound(plan, round, driver, world))
      run.duration = world.now() - began
      await save(run)
      if (round >= plan.rounds.min && enough(run)) break
      round++
    }
    run.ending = 'complete'
  } catch (error) {
    await abandon(run, error, world)
  } finally {
    await driver.stop()
    run.duration = world.now() - began
  }
  await save(run)
  return run
}

/** A run that was interrupted or broke off keeps its complete rounds; without any there is nothing to keep. */
async function abandon(run: RunRecord, error: unknown, world: World): Promise<void> {
  run.ending = world.signal.aborted ? 'interrupted' : 'failed'
  if (world.signal.aborted) return
  if (run.rounds.length === 0) throw error
  const message = error instanceof Error ? error.message : String(error)
  const finding: Finding = {
    code: 'run-failed',
    severity: 'error',
    message: `Round ${run.rounds.length + 1} could not be measured: ${message}`,
    advice: 'The rounds before it are kept; repeat the run for a verdict.',
  }
  run.findings.push(finding)
  world.emit({ type: 'finding', finding })
}

/** Whether another round fits; the first one always does. */
function timeLeft({ rounds }: RunRecord, { maxTime }: Plan, spent: number): boolean {
  if (rounds.length === 0) return true
  const longest = Math.max(...rounds.map(({ duration }) => duration))
  return spent + longest <= maxTime
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
