/** Round after round, until there is enough or no time is left. A lost round is measured again under the next number. */
import { MeasureError } from '../../model/errors.ts'
import type { Plan } from '../../model/plan.ts'
import type { RoundRecord, RunRecord } from '../../model/record.ts'
import { roundsThatWait } from '../../scenario/tails.ts'
import { median } from '../../stats/describe.ts'
import type { Redact } from '../../words/redaction.ts'
import { Needs } from '../needs/index.ts'
import { Driver } from './driver.ts'
import { roundLost } from './findings.ts'
import { NotComparable } from './foreign-code.ts'
import { raisePriority } from './priority.ts'
import { measureRound, type RunSetting } from './round.ts'

/** What `bench.ts` does for a measurement, so that this room knows neither the judge nor the disk. */
export interface Oversight {
  /** Whether the gates need no further round. */
  enough(run: RunRecord): boolean
  /** Saves a complete round. The result takes the round's place in memory. */
  keep(run: RunRecord, round: RoundRecord): Promise<RoundRecord>
  /** Saves the whole record at the end, and returns it. */
  close(run: RunRecord): Promise<RunRecord>
}

interface Setting extends RunSetting {
  clean: Redact
  /** Milliseconds of the run so far. */
  spent(): number
}

/**
 * The run ends when its first round is lost (nothing has shown that it can be measured at all), when two rounds in a row
 * are lost, or with the third in total. What fails that often is a fault to find, not noise to measure around.
 */
const MOST_LOST_IN_A_ROW = 1
const MOST_LOST = 2

/** @throws MeasureError when a round fails and the run cannot go on */
export async function measureRounds(
  run: RunRecord,
  setting: Setting,
  { enough, keep }: Oversight,
): Promise<void> {
  const { plan, world, clean, notice, spent } = setting
  let driver: Driver | undefined
  const needs = new Needs(setting)
  const putPriorityBack = raisePriority()
  let lost = 0
  let lostInARow = 0
  let index = Math.max(0, ...run.rounds.map(({ index }) => index))
  try {
    while (run.rounds.length < plan.rounds.max && timeLeft(run, plan, spent())) {
      const of = ++index - run.rounds.length - 1 + plan.rounds.max
      world.emit({ type: 'round', scenario: plan.scenario, round: index, of, left: plan.maxTime - spent() })
      let measured: RoundRecord
      try {
        driver = await aliveDriver(driver, setting)
        await needs.beforeRound(driver)
        if (plan.needs) run.needs ??= await needs.versions()
        const time = timeFor(run, plan, spent())
        const pace = run.rounds[0]?.launches[0]?.pace
        measured = withoutSecrets(await measureRound(index, { ...setting, driver, needs, time, pace }), clean)
      } catch (error) {
        if (world.signal.aborted || !(error instanceof MeasureError) || error instanceof NotComparable)
          throw error
        lost++
        lostInARow++
        if (run.rounds.length === 0 || lostInARow > MOST_LOST_IN_A_ROW || lost > MOST_LOST) throw error
        // Lost as a whole, because one launch alone cannot be compared. Cleaned before it is cut short: half of a secret
        // would not be recognised.
        notice(roundLost(index, clean(error)))
        continue
      }
      lostInARow = 0
      run.duration = spent()
      run.rounds.push(await keep(run, measured))
      if (run.rounds.length >= plan.rounds.min && enough(run)) return
    }
  } finally {
    await needs.stop()
    await driver?.stop()
    putPriorityBack()
  }
}

/** Starts the driver when it is first needed, and again after it has ended in the middle of a round. */
async function aliveDriver(driver: Driver | undefined, { plan, lease, world }: Setting): Promise<Driver> {
  if (driver?.alive) return driver
  await driver?.stop()
  return await Driver.start(plan, lease, world)
}

/** Only the failures in a round quote the target: names of steps, and beginnings of answers. */
function withoutSecrets(round: RoundRecord, clean: Redact): RoundRecord {
  const launches = round.launches.map(launch =>
    launch.failures ? { ...launch, failures: clean(launch.failures) } : launch,
  )
  return { ...round, launches }
}

/**
 * The next round is expected to take as long as the longest of the last N. The first one, whose code is cold, soon drops out. Where
 * rounds take turns in what they profile, it is expected to take as long as they usually do.
 */
const RECENT = 4
/**
 * Milliseconds that a launch needs for a useful round. `quick` also applies to rounds that must happen. Where only latency is
 * gated, services that wait can have shorter ones, above all when they are loaded together: many rounds say more than long ones.
 */
const LEAST_FOR_A_LAUNCH = { full: 10_000, quick: 2_500, waiting: 2_000, together: 1_500 }

/** Whether another round fits. The first one always does, and a round that the comparison needs is shortened. */
function timeLeft({ rounds }: RunRecord, plan: Plan, spent: number): boolean {
  if (rounds.length === 0) return true
  const recent = rounds.slice(-RECENT).map(({ duration }) => duration)
  const longest = Math.max(...recent)
  const usual = rounds.every(waits) ? median(recent) : longest
  const expected = needed(rounds, plan) > 0 ? Math.min(longest / 2, leastFor(plan, 'quick')) : usual
  return spent + expected <= plan.maxTime
}

/**
 * The time of a run is divided by this, so that there are six rounds, as starting services takes some of it. A gate needs five to
 * call a regression, and one may have to be left out.
 */
const ROUNDS_TO_GATE = 7
/** Milliseconds for the next round: an equal part of the remaining time, or all of it when no more rounds are needed. */
function timeFor({ rounds }: RunRecord, plan: Plan, spent: number): number {
  const mostlyWait = rounds.length > 0 && rounds.every(waits)
  const all = mostlyWait ? roundsThatWait(plan) : ROUNDS_TO_GATE
  const wanted = Math.min(all, plan.rounds.max) - rounds.length
  const parts = Math.max(needed(rounds, plan), plan.quick ? 0 : wanted)
  // What starts slowly has less time to be measured. A service that computes needs the time to be compiled.
  const starting = mostlyWait ? bootTime(rounds.at(-1)!) : 0
  const part = (plan.maxTime - spent) / Math.max(1, parts) - starting
  const isShort = mostlyWait && plan.warmup.latencyOnly && !plan.quick
  const areMostlyTogether = rounds.filter(areTogether).length > rounds.length / 2
  const short = areMostlyTogether ? 'together' : 'waiting'
  const kind = isShort ? short : 'quick'
  return Math.max(leastFor(plan, parts > 0 ? kind : 'full'), part)
}

/** Milliseconds until all launches of the round were ready. */
const bootTime = ({ launches }: RoundRecord): number => Math.max(...launches.map(({ boot }) => boot))

/** Whether all launches mostly waited in their warm-up. */
const waits = ({ launches }: RoundRecord): boolean =>
  launches.every(({ warmup }) => warmup.latencySettled !== undefined)

/** Whether all launches began their first slice while the others were still in theirs. */
function areTogether({ launches }: RoundRecord): boolean {
  const first = (column: 'start' | 'wall') => launches.map(({ timed }) => timed[column]?.[0] ?? Number.NaN)
  return Math.max(...first('start')) - Math.min(...first('start')) < Math.min(...first('wall')) / 1e6
}

/** Rounds that are still needed, whatever the time: all of a quick run, two of any other, because one gives no interval. */
const needed = (rounds: RunRecord['rounds'], plan: Plan): number =>
  Math.max(0, (plan.quick ? plan.rounds.max : Math.min(2, plan.rounds.max)) - rounds.length)

const leastFor = ({ variants, yardstick }: Plan, kind: keyof typeof LEAST_FOR_A_LAUNCH): number =>
  (variants.length + (yardstick ? 1 : 0)) * LEAST_FOR_A_LAUNCH[kind]
