/**
 * The limits of precision: rounds of one service against itself under several settings, which take turns so that all meet
 * the same minutes of the machine.
 *
 * Prints for each setting how far rounds scatter, how long they take, and what follows: the width of an interval after the
 * same time, relative to the default settings. There is no target.
 */
import { mkdtempDisposableSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { excludedSamples } from '../harness/analyze/exclusion.ts'
import { ratiosOf } from '../harness/analyze/ratios.ts'
import { loadCapabilities } from '../harness/capabilities.ts'
import { evidenceOfRun } from '../harness/evidence/index.ts'
import { measure } from '../harness/measure/index.ts'
import cpuMetrics from '../harness/metrics/cpu.ts'
import { UsageError } from '../harness/model/errors.ts'
import type { Plan } from '../harness/model/plan.ts'
import type { RunRecord } from '../harness/model/record.ts'
import { makePlan } from '../harness/plan/index.ts'
import { mean, measured, standardDeviation } from '../harness/stats/describe.ts'
import { magnitude, signedPercent } from '../harness/words/numbers.ts'
import { thisWorld } from '../harness/world.ts'
import { type Experiment, ROOT, turned } from './experiment.ts'
import { printTable, tableOf } from './print.ts'

type Change = (plan: Plan) => Plan

const timing =
  (changed: Partial<Plan['timing']>): Change =>
  plan => ({ ...plan, timing: { ...plan.timing, ...changed } })

const warmup =
  (requests: number, timeout: number): Change =>
  plan => ({ ...plan, warmup: { requests, timeout } })

const command =
  (rewrite: (words: string[]) => string[]): Change =>
  plan => ({
    ...plan,
    variants: plan.variants.map(variant => ({ ...variant, command: rewrite(variant.command) })),
  })

/** Node's options go between the program and its script. */
const nodeOptions = (...options: string[]): Change =>
  command(([node, ...rest]) => [node!, ...options, ...rest])

const both =
  (...changes: Change[]): Change =>
  plan =>
    changes.reduce((changed, change) => change(changed), plan)

/** The settings under test; the first one changes nothing. */
const SETTINGS: Record<string, Change> = {
  'as it is': plan => plan,
  'warm-up of 8,000 requests': warmup(8_000, 8_000),
  'warm-up of 24,000 requests': warmup(24_000, 8_000),
  'warm-up of 32,000 requests': warmup(32_000, 12_000),
  'timed half as long': timing({ timed: 500 }),
  'timed twice as long': timing({ timed: 2_000 }),
  'slices of 5 ms': timing({ slice: 5 }),
  'slices of 20 ms': timing({ slice: 20 }),
  'slices of 50 ms': timing({ slice: 50 }),
  'pause of 5 ms before each slice': timing({ pause: 5 }),
  'pause of 20 ms before each slice': timing({ pause: 20 }),
  'layout: no address space randomisation, one hash seed': both(
    nodeOptions('--hash-seed=1'),
    command(words => ['setarch', '-R', ...words]),
  ),
  'layout: young generation of 64 MB': nodeOptions('--max-semi-space-size=64', '--min-semi-space-size=64'),
  'threads: garbage is collected on the main thread alone': nodeOptions('--single-threaded-gc'),
}

/** Rounds of one setting before the next one's turn. */
const IN_TURN = 2

const precision: Experiment = {
  shows:
    'How settings change the scatter of rounds: half an hour (quick: the first two settings, 4 rounds each).',
  flags: {
    rounds: { value: 'N', help: 'of each setting (24)' },
    only: { value: 'TEXT', help: 'settings whose name contains it, next to the one as it is' },
  },
  async *run({ flags, quick, signal }) {
    const rounds = quick ? 4 : flags.whole('rounds', 24)
    if (rounds < IN_TURN) throw new UsageError(`--rounds ${rounds}: at least ${IN_TURN} are needed.`)
    const only = flags.text('only') ?? ''
    const chosen = Object.entries(SETTINGS)
      .filter(([name], at) => at === 0 || name.includes(only))
      .slice(0, quick ? 2 : undefined)
    process.env.FLAMEGATE_INJECT = '0%'
    const world = thisWorld({ directory: ROOT, signal })
    const options = { scenario: 'injected', rounds: IN_TURN, seed: 1 }
    const plan = { ...(await makePlan(options, world, await loadCapabilities())), collectors: [] }
    using output = mkdtempDisposableSync(join(tmpdir(), 'flamegate-precision-'))
    const runs = new Map<string, RunRecord>()
    for (let pass = 0; pass * IN_TURN < rounds; pass++) {
      for (const [name, change] of turned(chosen, pass)) {
        if (signal.aborted) break
        const run = await measure({ ...change(plan), output: output.path }, world, {
          enough: () => false,
          keep: async (_, round) => round,
          close: async run => run,
        })
        runs.set(name, joined(runs.get(name), run))
        console.error(`pass ${pass + 1}, ${name}: ${logRatios(run).map(signedPercent).join(', ')}`)
      }
    }
    print(chosen.flatMap(([name]) => (runs.has(name) ? [{ name, run: runs.get(name)! }] : [])))
  },
}

export default precision

/** The rounds of both, renumbered: rounds are excluded by their number. */
function joined(before: RunRecord | undefined, run: RunRecord): RunRecord {
  const rounds = [...(before?.rounds ?? []), ...run.rounds]
  return { ...run, rounds: rounds.map((round, at) => ({ ...round, index: at + 1 })) }
}

function logRatios(run: RunRecord): number[] {
  const evidence = evidenceOfRun(run)
  const after = evidence.subjects.find(({ id }) => id !== evidence.baseline)!
  return measured(ratiosOf(evidence, cpuMetrics[0]!, after.id, excludedSamples(evidence)).ratios)
}

function print(settings: { name: string; run: RunRecord }[]): void {
  const widths = settings.map(({ name, run }) => {
    const ratios = logRatios(run)
    const scatter = ratios.length > 1 ? standardDeviation(ratios) : Number.NaN
    const seconds = mean(run.rounds.map(({ duration }) => duration)) / 1_000
    return { name, ratios, scatter, seconds, width: scatter * Math.sqrt(seconds) }
  })
  const title =
    'Rounds of the same code, log-ratio of CPU per request (without profiles, so rounds are shorter than usual)'
  printTable(
    tableOf(title, widths, {
      setting: ({ name }) => name,
      rounds: ({ ratios }) => `${ratios.length}`,
      mean: ({ ratios }) => (ratios.length > 0 ? signedPercent(mean(ratios)) : '–'),
      scatter: ({ scatter }) => magnitude(scatter),
      // Standard error of a standard deviation of normal values.
      'give or take': ({ scatter, ratios }) => magnitude(scatter / Math.sqrt(2 * (ratios.length - 1))),
      's each': ({ seconds }) => seconds.toFixed(1),
      'interval in the same time': ({ width }) => (width / widths[0]!.width).toFixed(2),
    }),
  )
}
