/** Round after round, until there is enough or no time is left. A lost round is measured again under the next number. */
import { MeasureError } from '../../model/errors.ts'
import type { Finding } from '../../model/finding.ts'
import type { Plan } from '../../model/plan.ts'
import type { RoundRecord, RunRecord } from '../../model/record.ts'
import type { World } from '../../model/world.ts'
import type { Redact } from '../../words/redaction.ts'
import type { OwnLease } from '../both/lease.ts'
import { Driver } from './driver.ts'
import { roundLost } from './findings.ts'
import { NotComparable } from './foreign-code.ts'
import { measureRound } from './round.ts'
import { timeFor, timeLeft } from './time-budget.ts'

/** What `bench.ts` does for a measurement, so that this room knows neither the judge nor the disk. */
export interface Oversight {
  /** Whether the gates need no further round. */
  enough(run: RunRecord): boolean
  /** Saves a complete round. The result takes the round's place in memory. */
  keep(run: RunRecord, round: RoundRecord): Promise<RoundRecord>
  /** Saves the whole record at the end, and returns it. */
  close(run: RunRecord): Promise<RunRecord>
}

interface Setting {
  plan: Plan
  world: World
  lease: OwnLease
  /** Files of the working tree that the baseline's checkout does not have, because git ignores them. */
  missing: string[]
  clean: Redact
  notice(finding: Finding): void
  /** Milliseconds of the run so far. */
  spent(): number
}

/** @throws MeasureError when a round fails and the run cannot go on */
export async function measureRounds(
  run: RunRecord,
  setting: Setting,
  { enough, keep }: Oversight,
): Promise<void> {
  const { plan, world, spent } = setting
  const attempts = new Attempts(setting)
  let round = Math.max(0, ...run.rounds.map(({ index }) => index))
  try {
    while (run.rounds.length < plan.rounds.max && timeLeft(run, plan, spent())) {
      const of = ++round - run.rounds.length - 1 + plan.rounds.max
      world.emit({ type: 'round', scenario: plan.scenario, round, of, left: plan.maxTime - spent() })
      const measured = await attempts.measure(round, run)
      if (!measured) continue
      run.duration = spent()
      run.rounds.push(await keep(run, measured))
      if (run.rounds.length >= plan.rounds.min && enough(run)) return
    }
  } finally {
    await attempts.end()
  }
}

/**
 * The run ends when its first round is lost (nothing has shown that it can be measured at all), when two rounds in a row
 * are lost, or with the third in total. What fails that often is a fault to find, not noise to measure around.
 */
const MOST_LOST_IN_A_ROW = 1
const MOST_LOST = 2

class Attempts {
  readonly #setting: Setting
  #driver: Driver | undefined
  #lostInARow = 0
  #lost = 0

  constructor(setting: Setting) {
    this.#setting = setting
  }

  /** @returns undefined when the round was lost: as a whole, because one launch alone cannot be compared */
  async measure(index: number, run: RunRecord): Promise<RoundRecord | undefined> {
    const { plan, world, lease, missing, clean, notice, spent } = this.#setting
    try {
      const round = await measureRound(index, {
        plan,
        world,
        lease,
        driver: await this.#aliveDriver(),
        notice,
        missing,
        time: timeFor(run, plan, spent()),
        pace: run.rounds[0]?.launches[0]?.pace,
      })
      this.#lostInARow = 0
      return withoutSecrets(round, clean)
    } catch (error) {
      if (world.signal.aborted || !(error instanceof MeasureError) || error instanceof NotComparable)
        throw error
      this.#lostInARow++
      this.#lost++
      if (run.rounds.length === 0 || this.#lostInARow > MOST_LOST_IN_A_ROW || this.#lost > MOST_LOST)
        throw error
      // Cleaned before it is cut short: half of a secret would not be recognised.
      notice(roundLost(index, clean(error)))
    }
  }

  async end(): Promise<void> {
    await this.#driver?.stop()
  }

  /** Starts the driver when it is first needed, and again after it has ended in the middle of a round. */
  async #aliveDriver(): Promise<Driver> {
    if (this.#driver?.alive) return this.#driver
    await this.#driver?.stop()
    const { plan, lease, world } = this.#setting
    this.#driver = await Driver.start(plan, lease, world)
    return this.#driver
  }
}

/** Only the failures in a round quote the target: names of steps, and beginnings of answers. */
function withoutSecrets(round: RoundRecord, clean: Redact): RoundRecord {
  const launches = round.launches.map(launch =>
    launch.failures ? { ...launch, failures: clean(launch.failures) } : launch,
  )
  return { ...round, launches }
}
