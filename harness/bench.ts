/** The spine: plan → provide → measure → analyze → judge → Report. */
import { analyze, comparisonsOf, shownPlaces } from './analyze/index.ts'
import { loadCapabilities } from './capabilities.ts'
import { judge, withGateWords } from './judge/index.ts'
import { measure, type Oversight } from './measure/index.ts'
import type { Metric } from './model/metric.ts'
import type { RunRecord } from './model/record.ts'
import type { Report, Verdict } from './model/report.ts'
import type { Request } from './model/request.ts'
import type { World } from './model/world.ts'
import { makePlan } from './plan/index.ts'
import { provide } from './provide/index.ts'
import { readSources, saveRecord } from './store/index.ts'

/** Rounds that a regression is measured for at least: the functions that caused it need more of them than the gate. */
const EXPLAINING_ROUNDS = 8

/**
 * Measures one scenario and judges it.
 *
 * @throws UsageError when the request or the scenario is wrong; MeasureError when nothing could be measured
 */
export async function bench(request: Request, world: World): Promise<Report> {
  const capabilities = await loadCapabilities()
  const plan = await makePlan(request, world, capabilities)
  const release = await provide(plan, world)
  try {
    const oversight: Oversight = {
      enough: run =>
        explained(run.rounds.length, judge({ comparisons: comparisonsOf(run, capabilities.metrics) }, run)),
      save: async run => {
        await saveRecord(plan.output, run)
      },
    }
    const run = await measure(plan, world, oversight, { wait: request.wait ?? false })
    await keepSources(run)
    return conclude(run, capabilities.metrics)
  } finally {
    await release()
  }
}

/** Reports are made from the record alone, later and elsewhere: it takes the lines along that they show. */
async function keepSources(run: RunRecord): Promise<void> {
  const sources = await readSources(shownPlaces(run))
  if (sources.length === 0) return
  run.sources = sources
  await saveRecord(run.plan.output, run)
}

/** What a record says: nothing is measured, so a saved one says the same again. */
export function conclude(run: RunRecord, metrics: Metric[]): Report {
  const analysis = analyze(run, metrics)
  const verdict = judge(analysis, run)
  return { run, analysis: withGateWords(analysis, verdict, run.plan), verdict }
}

const explained = (rounds: number, { decided, status }: Verdict): boolean =>
  decided && (status !== 'regressed' || rounds >= EXPLAINING_ROUNDS)
