/**
 * What limits the precision: rounds of one service against itself under other settings, taken in turn so that all of
 * them meet the same minutes of the machine.
 *
 *   npm run validate:precision                      every setting, 24 rounds each, about half an hour
 *   npm run validate:precision -- --quick           the first two settings, 4 rounds each
 *   npm run validate:precision -- --only warm-up    settings whose name has this word, beside the one as it is
 *
 * Prints how far the rounds scatter, how long they take, and what both come to: the width of an interval after the
 * same time, relative to the settings as they are. Nothing can be missed here, so it exits with 1 only when it fails.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { excludedSamples } from '../harness/analyze/exclusion.ts'
import { ratiosOf } from '../harness/analyze/ratios.ts'
import { loadCapabilities } from '../harness/capabilities.ts'
import { sampleOf } from '../harness/evidence/run.ts'
import { measure } from '../harness/measure/index.ts'
import cpuMetrics from '../harness/metrics/cpu.ts'
import type { Evidence, Subject } from '../harness/model/evidence.ts'
import type { Plan } from '../harness/model/plan.ts'
import type { RoundRecord } from '../harness/model/record.ts'
import { makePlan } from '../harness/plan/index.ts'
import { mean, measured, standardDeviation } from '../harness/stats/describe.ts'
import { thisWorld } from '../harness/world.ts'
import { SETTINGS } from './precision/settings.ts'
import { percentage, printTable } from './statistics/table.ts'

/** Rounds of one setting before the next one has its turn. */
const IN_TURN = 2

const { values: flags } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '24' },
    only: { type: 'string' },
  },
})
const rounds = flags.quick ? 4 : Number(flags.rounds)
if (!(Number.isInteger(rounds) && rounds >= IN_TURN))
  throw new Error(`--rounds ${flags.rounds} is no number.`)

const chosen = Object.entries(SETTINGS)
  .filter(([name], at) => at === 0 || flags.only === undefined || name.includes(flags.only))
  .slice(0, flags.quick ? 2 : undefined)

process.env.FLAMEGATE_INJECT = '0%'
const controller = new AbortController()
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => controller.abort())
const world = thisWorld({ directory: join(import.meta.dirname, '..'), signal: controller.signal })
const plan = await makePlan(
  { scenario: 'injected', rounds: IN_TURN, seed: 1 },
  world,
  await loadCapabilities(),
)

const folder = mkdtempSync(join(tmpdir(), 'flamegate-precision-'))
const measuredRounds = new Map<string, RoundRecord[]>(chosen.map(([name]) => [name, []]))
try {
  for (let pass = 0; pass * IN_TURN < rounds; pass++) {
    for (const [name, change] of turned(chosen, pass)) {
      if (controller.signal.aborted) break
      const run = await measure({ ...change(plan), output: folder }, world, {
        enough: () => false,
        keep: async (_, round) => round,
        close: async run => run,
      })
      const kept = measuredRounds.get(name)!
      // Numbered through, because what is left out is known by its number.
      for (const round of run.rounds) kept.push({ ...round, index: kept.length + 1 })
      console.error(`pass ${pass + 1}, ${name}: ${logRatios(run.rounds).map(percent).join(', ')} %`)
    }
  }
} finally {
  rmSync(folder, { recursive: true })
}
print()

function turned<T>(items: T[], by: number): T[] {
  return items.map((_, at) => items[(at + by) % items.length]!)
}

function logRatios(rounds: RoundRecord[]): number[] {
  const subjects = plan.variants.map(({ id, label }) => ({ id, label }))
  const [before, after] = subjects as [Subject, Subject]
  const evidence: Evidence = {
    pairing: 'rounds',
    subjects,
    baseline: before.id,
    samples: rounds.flatMap(round => round.launches.map(launch => sampleOf(launch, round))),
    collectors: [],
    steps: [],
    drifting: [],
    referenced: false,
    findings: [],
  }
  return measured(ratiosOf(evidence, cpuMetrics[0]!, after.id, excludedSamples(evidence)).ratios)
}

function percent(ratio: number): string {
  return percentage(ratio)
}

function print(): void {
  const widths = chosen.map(([name]) => {
    const rounds = measuredRounds.get(name)!
    const ratios = logRatios(rounds)
    const seconds = mean(rounds.map(({ duration }) => duration)) / 1_000
    return { name, ratios, seconds, width: standardDeviation(ratios) * Math.sqrt(seconds) }
  })
  const asItIs = widths[0]!.width
  printTable(
    'Rounds of the same code, log-ratio of CPU per request (profiles are not taken, so rounds are shorter than usual)',
    ['setting', 'rounds', 'mean %', 'scatter %', 'give or take', 's each', 'interval in the same time'],
    widths.map(({ name, ratios, seconds, width }) => [
      name,
      String(ratios.length),
      percent(mean(ratios)),
      percent(standardDeviation(ratios)),
      // Standard error of a standard deviation of normal values.
      percent(standardDeviation(ratios) / Math.sqrt(2 * (ratios.length - 1))),
      seconds.toFixed(1),
      (width / asItIs).toFixed(2),
    ]),
  )
}
