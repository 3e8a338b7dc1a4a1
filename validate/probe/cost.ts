/** What a service pays for the probe, as Flamegate itself measures it. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Change } from '../../harness/model/comparison.ts'
import { interval, signedPercent, value } from '../../harness/words/numbers.ts'
import type { Context, Target } from '../experiment.ts'
import { flamegate, type ReportDocument } from '../flamegate.ts'

const SCENARIO = 'validate/probe/cost.scenario.ts'
const ROUNDS = 20

/** The most that each may cost: the upper end of the interval of what changes nothing, and the estimate of what does. */
const CPU = { idle: { upper: 0.005 }, continuous: { estimate: 0.01 } }
const P99 = 0.02
const MEMORY = 20 * 2 ** 20

export async function* cost({ folder, signal }: Context): AsyncGenerator<Target> {
  const store = mkdtempSync(join(tmpdir(), 'flamegate-probe-cost-'))
  try {
    const environment = { PROBE_STORE: store }
    const measured = (...args: string[]) =>
      flamegate([SCENARIO, '--rounds', String(ROUNDS), '--max-time', '20m', ...args], { environment, signal })
    const closed = await measured('--output', join(folder, 'cost'))
    yield* cpuTargets(closed)
    yield* memoryTarget(closed)
    const open = await measured('--gate', 'latency.p99<=+10%', '--output', join(folder, 'cost-latency'))
    const p99 = changeOf(open, 'latency.p99', 'continuous')
    yield {
      name: 'continuous: p99',
      value: told(p99),
      bound: `at most ${signedPercent(P99)}`,
      met: (p99?.estimate ?? 1) <= P99,
    }
  } finally {
    rmSync(store, { recursive: true, force: true })
  }
}

function* cpuTargets(report: ReportDocument): Generator<Target> {
  const [idle, continuous] = ['idle', 'continuous'].map(
    variant => changeOf(report, 'cpu.perRequest', variant) ?? undefined,
  )
  yield {
    name: 'installed and idle: CPU per request',
    value: told(idle),
    bound: `upper end at most ${signedPercent(CPU.idle.upper)}`,
    met: (idle?.high ?? 1) <= CPU.idle.upper,
  }
  yield {
    name: 'continuous at 10 ms: CPU per request',
    value: told(continuous),
    bound: `at most ${signedPercent(CPU.continuous.estimate)}`,
    met: (continuous?.estimate ?? 1) <= CPU.continuous.estimate,
  }
}

function* memoryTarget({ comparisons }: ReportDocument): Generator<Target> {
  const found = comparisons.find(
    ({ metric, variant }) => metric === 'memory.resident' && variant === 'continuous',
  )
  const more = found ? (found.after ?? 0) - (found.before ?? 0) : Number.NaN
  yield {
    name: 'continuous: resident memory',
    value: value(more, 'bytes'),
    bound: `at most ${value(MEMORY, 'bytes')}`,
    met: more <= MEMORY,
  }
}

const changeOf = ({ comparisons }: ReportDocument, metric: string, variant: string): Change | null =>
  comparisons.find(each => each.metric === metric && each.variant === variant)?.change ?? null

const told = (change: Change | null | undefined): string =>
  change ? `${signedPercent(change.estimate)} (${interval(change)})` : 'not measured'
