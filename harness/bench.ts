/** The spine: plan → provide → measure → analyze → judge → Report. */
import { analyze, comparisonsOf, joinRecords, shownPlaces, unusable } from './analyze/index.ts'
import { loadCapabilities } from './capabilities.ts'
import { finding } from './findings/catalogue.ts'
import { isExplained, judge, withGateWords } from './judge/index.ts'
import { measure, type Oversight, refuseOccupied } from './measure/index.ts'
import type { Metric } from './model/metric.ts'
import type { Plan } from './model/plan.ts'
import type { LaunchRecord, RoundRecord, RunRecord } from './model/record.ts'
import type { Report } from './model/report.ts'
import type { Request } from './model/request.ts'
import type { World } from './model/world.ts'
import { makePlan } from './plan/index.ts'
import { provide } from './provide/index.ts'
import {
  beginRecord,
  closeRecord,
  openBaseline,
  readSources,
  saveBaseline,
  saveProgress,
  saveRecord,
  tryFolder,
} from './store/index.ts'
import { redactorFor } from './words/redaction.ts'

/**
 * Measures one scenario and judges it.
 *
 * @param earlier the record of the same request, cut off, that is continued in its folder
 * @throws UsageError when the request or the scenario is wrong; MeasureError when nothing could be measured
 */
export async function bench(request: Request, world: World, earlier?: RunRecord): Promise<Report> {
  const capabilities = await loadCapabilities()
  const plan = await makePlan(request, world, capabilities)
  const { output } = plan
  const recorded = plan.recorded === undefined ? undefined : await openBaseline(plan.recorded, plan)
  // Better told now than after the first round, and before anything of another run is removed.
  refuseOccupied(output)
  await tryFolder(output)
  const { release, findings, lacking } = await provide(plan, world)
  if (findings.length > 0) plan.findings = [...(plan.findings ?? []), ...findings]
  try {
    refuseOccupied(output)
    await beginRecord(output, earlier?.rounds)
    const whole = (run: RunRecord): RunRecord => (recorded ? { ...run, recorded } : run)
    const oversight: Oversight = {
      enough: run => isEnough(whole(run), capabilities.metrics),
      keep: async (run, round) => {
        await saveProgress(output, whole(run), round)
        return withoutProfiles(round)
      },
      close: run => closeRecord(output, whole(run)),
    }
    const run = await measure(plan, world, oversight, {
      wait: request.wait ?? false,
      missing: lacking,
      ...(earlier && { earlier: { ...earlier, rounds: earlier.rounds.map(withoutProfiles) } }),
    })
    await keepSources(run, plan, world)
    if (plan.saveAs !== undefined) await keepAsBaseline(plan.saveAs, run, world)
    return conclude(run, capabilities.metrics)
  } finally {
    await release()
  }
}

/** Reports are made from the record alone, later and elsewhere: it takes the lines along that they show. */
async function keepSources(run: RunRecord, plan: Plan, world: World): Promise<void> {
  const sources = await readSources(shownPlaces(joined(run)))
  if (sources.length === 0) return
  const redact = redactorFor(plan, world)
  // Whole, because a key may have many lines.
  run.sources = sources.map(({ lines, ...of }) => ({ ...of, lines: redact(lines.join('\n')).split('\n') }))
  await saveRecord(plan.output, run)
}

/** Profiles are most of a round, and no gate looks at them: they wait on the disk for the end of the run. */
function withoutProfiles(round: RoundRecord): RoundRecord {
  const strip = (launch: LaunchRecord): LaunchRecord => {
    const captures = Object.entries(launch.captures).map(([name, { profile, ...rest }]) => [name, rest])
    return { ...launch, captures: Object.fromEntries(captures) }
  }
  const { launches, yardsticks } = round
  return {
    ...round,
    launches: launches.map(strip),
    ...(yardsticks && { yardsticks: yardsticks.map(strip) }),
  }
}

/** What a record says: nothing is measured, so a saved one says the same again. */
export function conclude(run: RunRecord, metrics: Metric[]): Report {
  const told = joined(run)
  const analysis = analyze(told, metrics)
  const verdict = judge(analysis, { ...run, plan: told.plan })
  return { run: told, analysis: withGateWords(analysis, verdict, told.plan), verdict }
}

/** With the earlier run that it is judged against, if there is one. */
function joined(run: RunRecord): RunRecord {
  const { output, repeat, gates, baseline } = run.plan
  return run.recorded ? joinRecords(run.recorded, run, baseline, { output, repeat, gates }) : run
}

function isEnough(run: RunRecord, metrics: Metric[]): boolean {
  const told = joined(run)
  const wrong = unusable(told)
  // Who only saves a baseline judges nothing: the more rounds it has, the more it will be worth.
  if (told.plan.variants.length < 2) return wrong.length > 0
  const analysis = { comparisons: comparisonsOf(told, metrics), unusable: wrong }
  const verdict = judge(analysis, { ...run, plan: told.plan })
  return isExplained(run.rounds.length, verdict)
}

/** A run that was cut short or got wrong answers does not become a baseline; the saved one stays. */
async function keepAsBaseline(path: string, run: RunRecord, world: World): Promise<void> {
  if (run.ending !== 'complete') return
  const [wrong] = unusable(run)
  if (wrong) {
    run.findings.push(finding('baseline-not-saved', `The run is not kept as a baseline. ${wrong.reason}`))
    await saveRecord(run.plan.output, run)
    return
  }
  const { recorded: _, ...own } = run
  await saveBaseline(path, own)
  world.emit({ type: 'saved', path })
}
