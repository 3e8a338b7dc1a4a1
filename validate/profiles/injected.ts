/** The scenario `injected`, repeated: its one function must be found with its true size, and nothing where nothing changed. */
import { basename, dirname, join } from 'node:path'
import { conclude, runPlan } from '../../harness/bench.ts'
import { loadCapabilities } from '../../harness/capabilities.ts'
import type { FrameChange } from '../../harness/model/flame.ts'
import type { Plan } from '../../harness/model/plan.ts'
import { makePlan } from '../../harness/plan/index.ts'
import { median } from '../../harness/stats/describe.ts'
import { readRecord } from '../../harness/store/index.ts'
import { percent, signedPercent } from '../../harness/words/numbers.ts'
import { thisWorld } from '../../harness/world.ts'
import { ROOT, type Target } from '../experiment.ts'
import { INJECTED, measureInjected } from '../live/injected.ts'
import { percentOf } from '../live/measurement.ts'

const LEVEL = 0.05

/** Paths of the records with extra work and without. */
export type Records = Record<'changed' | 'same', string[]>

/** Measures both levels in turn, and keeps the records in `folder`. */
export async function repeatInjected(
  folder: string,
  { runs, quick }: { runs: number; quick: boolean },
  signal: AbortSignal,
): Promise<Records> {
  const records: Records = { changed: [], same: [] }
  for (let run = 1; run <= runs && !signal.aborted; run++)
    for (const level of [LEVEL, 0]) {
      const output = join(folder, `injected-${percentOf(level)}-run-${run}`)
      const measure = quick ? measureDensely : measureUsually
      console.error(`injected +${percent(level)}, run ${run}: ${await measure(level, output, signal)}`)
      records[level === LEVEL ? 'changed' : 'same'].push(join(output, 'record.json'))
    }
  return records
}

async function measureUsually(level: number, output: string, signal: AbortSignal): Promise<string> {
  const { status, estimate, rank } = await measureInjected(level, { maxTime: 80_000, output }, signal)
  return `${status} ${signedPercent(estimate ?? Number.NaN)}, rank ${rank ?? 'none'}`
}

/** A quick run does not stop when its gate is decided: 35 s of rounds, at most 45 s on a slower machine. */
const QUICK = { rounds: 7, maxTime: 45_000 }

/**
 * The usual 210 ms of CPU profile in each of six rounds hold 60 samples of the injected function. Their number alone scatters
 * by 13 %, and the size that one run finds by 8 to 20 %: too much for a limit of 25 %. A quick run has no second one to take
 * a median of, so its CPU profiles get the time of all four collectors.
 */
async function measureDensely(level: number, output: string, signal: AbortSignal): Promise<string> {
  const world = thisWorld({ directory: ROOT, signal })
  const capabilities = await loadCapabilities()
  const options = { scenario: 'injected', ...QUICK, output }
  const { variants, timing, collectors, ...plan } = await makePlan(options, world, capabilities)
  const dense: Plan = {
    ...plan,
    collectors: ['cpu'],
    timing: { ...timing, profiled: timing.profiled * collectors.length },
    variants: variants.map(it =>
      it.id === plan.baseline
        ? it
        : { ...it, environment: { ...it.environment, INJECT: `${percentOf(level)}` } },
    ),
  }
  const { run, analysis } = await runPlan(dense, world, capabilities)
  signal.throwIfAborted()
  if (run.ending !== 'complete')
    throw new Error(`The run is ${run.ending} after ${run.rounds.length} rounds.`)
  return `${run.rounds.length} rounds, first ${analysis.frames[0]?.function ?? 'none'}`
}

/** The functions of one run, and what a request of the service costs without the extra, in µs. */
interface Run {
  rows: FrameChange[]
  cost: number
}

export async function injectedTargets(records: Records): Promise<Target[]> {
  const [changed, same] = await Promise.all([read(records.changed), read(records.same)])
  const row = ({ rows }: Run) => rows.find(it => it.function === INJECTED)
  const largest = ({ rows }: Run) =>
    rows.toSorted((a, b) => Math.abs(b.change.estimate) - Math.abs(a.change.estimate))[0]
  const ratios = changed.flatMap(run => {
    const found = row(run)
    return found ? [(found.after - found.before) / (LEVEL * run.cost)] : []
  })
  const middle = ratios.length > 0 ? median(ratios) : Number.NaN
  const extra = `at +${percent(LEVEL)}`
  return [
    inRuns(
      `${extra} the injected function is the first row by change`,
      changed.map(run => largest(run)?.function === INJECTED),
      0.95,
    ),
    inRuns(
      `${extra} the injected function is significant`,
      changed.map(run => row(run)?.significant === true),
      0.9,
    ),
    {
      name: `${extra} its change at the median`,
      value: `${middle.toFixed(2)} of the truth`,
      bound: '0.75 to 1.25',
      met: Math.abs(middle - 1) <= 0.25,
    },
    inRuns(
      'at 0 % no function is significant',
      same.map(({ rows }) => !rows.some(({ significant }) => significant)),
      0.95,
    ),
  ]
}

/** A share of the runs: 19 of 20, or the same share of fewer. */
function inRuns(name: string, hits: boolean[], atLeast: number): Target {
  const count = hits.filter(Boolean).length
  return {
    name,
    value: `${count} of ${hits.length} runs`,
    bound: `at least ${Math.round(atLeast * 20)} of 20`,
    met: hits.length > 0 && count >= Math.ceil(atLeast * hits.length - 1e-9),
  }
}

async function read(paths: string[]): Promise<Run[]> {
  const { metrics } = await loadCapabilities()
  return Array.fromAsync(paths, async path => {
    const { analysis } = conclude(await readRecord(path), metrics)
    const cost = analysis.comparisons.find(({ metric }) => metric === 'cpu.perRequest')?.before ?? Number.NaN
    return { rows: analysis.frames.filter(({ collector }) => collector === 'cpu'), cost }
  })
}

/** The path of an earlier record, whose folder may have been moved. */
export const movedTo = (folder: string, record: string): string =>
  join(folder, basename(dirname(record)), basename(record))
