/** The spine: plan → provide → measure → analyze → judge → Report. */
import {
  analyze,
  comparisonsOf,
  type Decode,
  decodeOnce,
  isHopeless,
  packagesToRead,
  placesToRead,
  tailAdvice,
  unusable,
} from './analyze/index.ts'
import { loadCapabilities } from './capabilities.ts'
import { evidenceOfRecords, evidenceOfRun } from './evidence/index.ts'
import { finding } from './findings/index.ts'
import { isExplained, judge, withGateWords } from './judge/index.ts'
import { measure, type Oversight, refuseOccupied } from './measure/index.ts'
import type { Capabilities } from './model/capabilities.ts'
import type { Evidence } from './model/evidence.ts'
import type { Finding } from './model/finding.ts'
import type { LaunchRecord } from './model/launch.ts'
import type { Metric } from './model/metric.ts'
import type { RunOptions } from './model/options.ts'
import type { Plan } from './model/plan.ts'
import type { RoundRecord, RunRecord } from './model/record.ts'
import type { GateVerdict, Report, Verdict } from './model/report.ts'
import type { World } from './model/world.ts'
import { makePlan } from './plan/index.ts'
import { shownPath } from './profile/index.ts'
import { provide } from './provide/index.ts'
import { metricsOfNeeds } from './scenario/needs.ts'
import {
  beginRecord,
  closeRecord,
  openBaseline,
  readPackages,
  readRecord,
  readSources,
  saveBaseline,
  saveProgress,
  saveRecord,
  tryFolder,
} from './store/index.ts'
import { redactedLines, redactorFor } from './words/redaction.ts'
import { firstNames } from './words/text.ts'

/**
 * Measures one scenario and judges it.
 *
 * @throws UsageError when the options or the scenario are wrong; MeasureError when nothing could be measured
 */
export async function bench(options: RunOptions, world: World): Promise<Report> {
  const capabilities = await loadCapabilities(world.directory)
  return await runPlan(await makePlan(options, world, capabilities), world, capabilities)
}

/**
 * Carries out a plan that was made here and now.
 *
 * @param earlier the record of the same run, cut off, which is continued in its folder
 * @throws MeasureError when nothing could be measured
 */
export async function runPlan(
  plan: Plan,
  world: World,
  { metrics }: Pick<Capabilities, 'metrics'>,
  earlier?: RunRecord,
): Promise<Report> {
  const { output } = plan
  const recorded = plan.recorded === undefined ? undefined : await openBaseline(plan.recorded, plan)
  // Before the first round, and before anything of another run is removed.
  refuseOccupied(output)
  await tryFolder(output)
  const { release, findings, lacking } = await provide(plan, world)
  if (findings.length > 0) plan.findings = [...(plan.findings ?? []), ...findings]
  try {
    refuseOccupied(output)
    await beginRecord(output, earlier?.rounds)
    const whole = (run: RunRecord): RunRecord => (recorded ? { ...run, recorded } : run)
    const oversight: Oversight = {
      enough: run => isEnough(whole(run), metrics),
      keep: async (run, round) => {
        await saveProgress(output, whole(run), round)
        if (run.rounds.length === 0) foretell(whole({ ...run, rounds: [round] }), world)
        return withoutProfiles(round)
      },
      close: run => closeRecord(output, whole(run)),
    }
    const run = await measure(plan, world, oversight, {
      wait: plan.request?.wait ?? false,
      missing: lacking,
      ...(earlier && { earlier: { ...earlier, rounds: earlier.rounds.map(withoutProfiles) } }),
    })
    const decode = decodeOnce()
    await keepSources(run, decode, world)
    if (plan.saveAs !== undefined) await keepAsBaseline(plan.saveAs, run, world)
    return reportOn(run, metrics, decode)
  } finally {
    await release()
  }
}

/** What a record says: nothing is measured, so a saved one says the same again. */
export const conclude = (run: RunRecord, metrics: Metric[]): Report => reportOn(run, metrics)

function reportOn(run: RunRecord, metrics: Metric[], decode?: Decode): Report {
  const evidence = evidenceOf(run)
  const analysis = analyze(evidence, allMetrics(metrics, run.plan), decode)
  const verdict = judge(analysis, evidence, run)
  return { run, evidence, analysis: withGateWords(analysis, verdict, run.plan), verdict }
}

/** Those of every run, and those of this run's needs. */
const allMetrics = (metrics: Metric[], plan: Plan): Metric[] => [...metrics, ...metricsOfNeeds(plan)]

/** With the earlier run that it is judged against, if there is one. */
const evidenceOf = (run: RunRecord): Evidence =>
  run.recorded ? evidenceOfRecords(run.recorded, run, run.plan.baseline) : evidenceOfRun(run)

/** Reports are made from the record alone, later and elsewhere, so it holds what they need of sources and packages. */
async function keepSources(run: RunRecord, decode: Decode, world: World): Promise<void> {
  const evidence = evidenceOfRun(run)
  const hashesOf = (file: string) => run.rounds.flatMap(({ files }) => files?.[file] ?? [])
  const { sources, changed } = await readSources(placesToRead(evidence, decode), hashesOf)
  const packages = await readPackages(packagesToRead(evidence, decode))
  if (sources.length + changed.length + packages.length === 0) return
  const redact = redactorFor(run.plan, world)
  if (packages.length > 0) run.packages = packages
  if (changed.length > 0) run.findings.push(redact(sourceChanged(run.plan, changed)))
  run.sources = sources.map(({ lines, ...of }) => ({ ...of, lines: redactedLines(lines, redact) }))
  await saveRecord(run.plan.output, run)
}

function sourceChanged({ variants }: Plan, files: string[]): Finding {
  const folderOf = (file: string) => variants.find(({ directory }) => file.startsWith(`${directory}/`))
  const names = files.map(file => shownPath(file, folderOf(file)?.directory))
  return finding(
    'source-changed',
    `${firstNames(names, 3)} changed while the run measured, or can no longer be read: functions in such a file are shown without their source.`,
  )
}

/** Profiles are most of a round, and no gate looks at them: they wait on the disk for the end of the run. */
function withoutProfiles(round: RoundRecord): RoundRecord {
  const strip = (launch: LaunchRecord): LaunchRecord => ({
    ...launch,
    collected: Object.fromEntries(
      Object.entries(launch.collected).map(([name, { profile, ...rest }]) => [name, rest]),
    ),
  })
  return {
    ...round,
    launches: round.launches.map(strip),
    yardstick: round.yardstick && strip(round.yardstick),
  }
}

/**
 * The report of a saved run, as its record says it.
 *
 * @param path of the record, or of the folder of its run
 * @param directory whose configuration may name plugins
 * @throws UsageError when it cannot be read
 */
export async function readReport(path: string, directory?: string): Promise<Report> {
  const { metrics } = await loadCapabilities(directory)
  return conclude(await readRecord(path), metrics)
}

function isEnough(run: RunRecord, metrics: Metric[]): boolean {
  const evidence = evidenceOf(run)
  const wrong = unusable(evidence)
  // A run that only saves a baseline has nothing to judge, so it uses all the time it is given.
  if (evidence.subjects.length < 2) return wrong.length > 0
  const analysis = { comparisons: comparisonsOf(evidence, allMetrics(metrics, run.plan)), unusable: wrong }
  const verdict = judge(analysis, evidence, run)
  return isExplained(run.rounds.length, verdict) || isFutile(verdict, evidence)
}

/** Whether more time decides nothing: a gate is open only where it takes luck, and no change shows. */
function isFutile({ gates }: Verdict, evidence: Evidence): boolean {
  const open = gates.filter(({ status }) => status === 'inconclusive')
  const shows = ({ change }: GateVerdict) => change !== null && (change.low > 0 || change.high < 0)
  return open.length > 0 && open.every(it => isHopeless(evidence, it.gate) && !shows(it))
}

/** Says after the first round what a gate on a tail needs, so that nobody waits for a verdict that cannot come. */
function foretell(run: RunRecord, world: World): void {
  const evidence = evidenceOf(run)
  if (evidence.subjects.length < 2) return
  const advice = run.plan.gates.flatMap(gate => tailAdvice(evidence, gate) ?? [])
  if (advice.length > 0)
    world.emit({ type: 'finding', finding: finding('tail-needs-time', advice.join(' ')) })
}

/** A run that was cut short or got wrong answers does not become a baseline; the saved one stays. */
async function keepAsBaseline(path: string, run: RunRecord, world: World): Promise<void> {
  if (run.ending !== 'complete') return
  const [wrong] = unusable(evidenceOfRun(run))
  if (wrong) {
    run.findings.push(finding('baseline-not-saved', `The run is not kept as a baseline. ${wrong.reason}`))
    await saveRecord(run.plan.output, run)
    return
  }
  const { recorded: _, ...own } = run
  await saveBaseline(path, own)
  world.emit({ type: 'saved', path })
}
