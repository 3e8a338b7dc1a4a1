/** Plan → RunRecord: rounds of fresh launches, until there is enough or no time is left. */
import { basename } from 'node:path'
import { MeasureError } from '../model/errors.ts'
import type { Finding } from '../model/finding.ts'
import type { Plan } from '../model/plan.ts'
import { RECORD_SCHEMA, type RoundRecord, type RunRecord } from '../model/record.ts'
import type { World } from '../model/world.ts'
import { type Redact, redactorFor } from '../words/redaction.ts'
import { OwnLease, otherLeases, sweep } from './both/lease.ts'
import { NotComparable } from './harness/borrowed.ts'
import { Drivers } from './harness/drivers.ts'
import { describeEnvironment } from './harness/environment.ts'
import { company, resumed, roundLost, runFailed } from './harness/findings.ts'
import { Losses } from './harness/losses.ts'
import { refuseOccupied } from './harness/occupied.ts'
import { measureRound } from './harness/round.ts'

export { cleanUp, isRunning, type Lease, otherLeases, survivors } from './both/lease.ts'
export { describeEnvironment } from './harness/environment.ts'
export { refuseOccupied } from './harness/occupied.ts'
export { version } from './harness/version.ts'

/** What the spine lends to measuring, so that this room knows neither the judge nor the disk. */
export interface Oversight {
  /** Looks at the gates after a round: is there enough? */
  enough(run: RunRecord): boolean
  /** Puts a complete round on the disk; what is given back stands for it in memory until the end. */
  keep(run: RunRecord, round: RoundRecord): Promise<RoundRecord>
  /** Puts the whole record on the disk and gives it back, at the end. */
  close(run: RunRecord): Promise<RunRecord>
}

/** The next round takes as long as the longest of so many; the first one, with code that is cold everywhere, is soon forgotten. */
const RECENT = 4
/** Milliseconds for each launch below which a round tells too little; `quick` also for rounds that have to come. */
const LEAST_FOR_A_LAUNCH = { full: 10_000, quick: 2_500 }
/** Milliseconds between two looks at whether another run has ended. */
const LOOK = 500

export interface Circumstances {
  /** The record of the same plan, cut off, that this run continues. */
  earlier?: RunRecord
  /** Waits until no other run measures on this machine. */
  wait?: boolean
  /** Files of the working tree that the baseline's checkout does not have, because git ignores them. */
  lacking?: string[]
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
  { earlier, wait = false, lacking = [] }: Circumstances = {},
): Promise<RunRecord> {
  const clean = redactorFor(plan, world)
  const began = world.now() - (earlier?.duration ?? 0)
  const run = earlier ? { ...earlier, ending: 'running' as const } : newRecord(clean(plan), world, began)
  const notice = (noticed: Finding) => {
    const finding = clean(noticed)
    // What is so in every round is said once.
    if (run.findings.some(({ code, message }) => code === finding.code && message === finding.message)) return
    run.findings.push(finding)
    world.emit({ type: 'finding', finding })
  }
  if (earlier) notice(resumed(earlier.rounds.length))
  else for (const finding of run.findings) world.emit({ type: 'finding', finding })
  const lease = OwnLease.take(plan, wait)
  const drivers = new Drivers(plan, world, lease)
  const losses = new Losses()
  /** @returns undefined when the round was lost */
  const attempt = async (round: number): Promise<RoundRecord | undefined> => {
    try {
      const driver = await drivers.forRound(round)
      const pace = run.rounds[0]?.launches[0]?.pace
      const time = timeFor(run, plan, world.now() - began)
      const measured = await measureRound(round, {
        plan,
        world,
        lease,
        driver,
        notice,
        lacking,
        time,
        ...(pace && { pace }),
      })
      losses.kept()
      return withoutSecrets(measured, clean)
    } catch (error) {
      if (world.signal.aborted || !(error instanceof MeasureError)) throw error
      if (error instanceof NotComparable || !losses.lost(run.rounds.length)) throw error
      // Cleaned before it is cut short, lest half of a secret stays.
      notice(roundLost(round, clean(error)))
    }
  }
  try {
    refuseOccupied(plan.output, lease)
    if (wait) await untilAlone(lease, world)
    const others = otherLeases()
    for (const finding of company(others)) notice(finding)
    await sweep(others)
    let round = Math.max(0, ...run.rounds.map(({ index }) => index))
    while (run.rounds.length < plan.rounds.max && timeLeft(run, plan, world.now() - began)) {
      // One that was lost is made up for by another.
      const of = ++round - run.rounds.length - 1 + plan.rounds.max
      announce(round, of, plan, world.now() - began, world)
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
    await drivers.stop()
    lease.release()
    run.duration = world.now() - began
  }
  return await closed(run, close)
}

/** Of what was measured only the failures quote the target: names of steps, and beginnings of answers. */
function withoutSecrets(round: RoundRecord, clean: Redact): RoundRecord {
  const launches = round.launches.map(launch =>
    launch.failures ? { ...launch, failures: clean(launch.failures) } : launch,
  )
  return { ...round, launches }
}

/** What cannot be saved now was saved after every round: that is said, so that nobody measures it again. */
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

/** Asks until it is this run's turn; the one that is waited for is named once. */
async function untilAlone(lease: OwnLease, world: World): Promise<void> {
  let named = 0
  for (let [first] = lease.ahead(); first; [first] = lease.ahead()) {
    world.signal.throwIfAborted()
    const { scenario, harness } = first
    if (harness.pid !== named) world.emit({ type: 'waiting', scenario, pid: harness.pid })
    named = harness.pid
    await new Promise(resolve => setTimeout(resolve, LOOK))
  }
  lease.begin()
}

const announce = (
  round: number,
  of: number,
  { scenario, maxTime }: Plan,
  spent: number,
  world: World,
): void => world.emit({ type: 'round', scenario, round, of, left: maxTime - spent })

/** Whether another round fits. The first one always does, and one without which nothing is compared is shortened. */
function timeLeft({ rounds }: RunRecord, plan: Plan, spent: number): boolean {
  if (rounds.length === 0) return true
  const longest = Math.max(...rounds.slice(-RECENT).map(({ duration }) => duration))
  const needed = owed(rounds, plan) > 0 ? Math.min(longest / 2, leastFor(plan, 'quick')) : longest
  return spent + needed <= plan.maxTime
}

/** Milliseconds that the next round may take: an equal part of the time that is left, or all of it once two are there. */
function timeFor({ rounds }: RunRecord, plan: Plan, spent: number): number {
  const parts = owed(rounds, plan)
  return Math.max(leastFor(plan, parts > 0 ? 'quick' : 'full'), (plan.maxTime - spent) / Math.max(1, parts))
}

/** Rounds that are to come whatever the time: all those of a quick run, and two of any other, since one has no interval. */
const owed = (rounds: RunRecord['rounds'], plan: Plan): number =>
  Math.max(0, (plan.quick ? plan.rounds.max : Math.min(2, plan.rounds.max)) - rounds.length)

const leastFor = ({ variants, yardstick }: Plan, kind: keyof typeof LEAST_FOR_A_LAUNCH): number =>
  (variants.length + (yardstick ? 1 : 0)) * LEAST_FOR_A_LAUNCH[kind]

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
