/** What no run happened to bring: records with hostile names, more variants or no rounds, concluded again. */
import { decodePprof, encodePprof } from '../../harness/formats/index.ts'
import type { LaunchRecord, Slices } from '../../harness/model/launch.ts'
import type { RunRecord } from '../../harness/model/record.ts'
import type { Outcome, Report } from '../../harness/model/report.ts'
import { concluded, edited, METRICS, recordOf, reportOf } from './records.ts'

export const regressed = (): Report => structuredClone(reportOf('regressed'))
export const inconclusive = (): Report => structuredClone(reportOf('git'))

/** The regression, seen from the other side. */
export const improved = (): Report => improvedWith()

/** The regression, with further steps that answer as fast after as before. */
export const regressedWith = (...steps: string[]): Report => withSteps('plain', steps)
/** The improvement, with further steps that answer no faster. */
export const improvedWith = (...steps: string[]): Report => withSteps('extra', steps)

const withSteps = (baseline: string, names: string[]): Report =>
  edited('regressed', run => {
    const { steps } = run.plan.load
    run.plan.baseline = baseline
    steps.push(...names.map(name => ({ ...steps[0]!, name })))
    for (const { launches } of run.rounds) {
      const before = launches.find(({ variant }) => variant === baseline)!.histograms.latency[0]!
      for (const { histograms } of launches) histograms.latency.push(...names.map(() => before))
    }
  })

/** A run whose target died in its first round: no launch, no value. */
export const failed = (): Report =>
  edited('regressed', run => {
    const message = 'extra exited with code 1 before it was ready: Error: Cannot find module'
    Object.assign(run, { ending: 'failed', rounds: [], duration: 900, sources: undefined })
    run.findings = [{ code: 'run-failed', severity: 'error', message, advice: 'Run its command by hand.' }]
  })

/**
 * Four variants against one: `quick` improved, `extra` regressed, `again` is fine and `unsure` inconclusive. The fifth
 * round never settled, so it is left out.
 */
export const family = (): Report =>
  edited('regressed', run => {
    const [plain, extra] = run.plan.variants
    const added = (id: string) => ({ ...plain!, id, label: id })
    run.plan.variants = [plain!, added('quick'), extra!, added('again'), added('unsure')]
    for (const { index, launches } of run.rounds) {
      const of = launches.find(({ variant }) => variant === plain!.id)!
      launches.push(
        { ...scaled(of, 0.8), variant: 'quick' },
        { ...of, variant: 'again' },
        { ...scaled(of, 1 + 0.1 * Math.sin(index)), variant: 'unsure' },
      )
    }
    run.rounds[4]!.launches[0]!.warmup.settled = false
  })

function scaled(launch: LaunchRecord, factor: number): LaunchRecord {
  const times = (column: Slices[string] = []) => column.map(it => it && it * factor)
  const { cpu, mainCpu } = launch.timed
  return { ...launch, timed: { ...launch.timed, cpu: times(cpu), mainCpu: times(mainCpu) } }
}

const EVIL = '</script><script>alert(1)</script><img src=x onerror=alert(2)>"\'`{{7*7}}'
const CONTROLS = '\u001b[31mred\u001b]0;title\u0007\u202egnp.exe\u0000\r\nnew line'

/** Labels, functions, metrics, findings and commands as an attacker would choose them. */
export function hostile(): Report {
  const run = recordOf('regressed')
  rename(run, { function: name => EVIL + name, file: file => CONTROLS + file })
  const [before, after] = run.plan.variants
  before!.label = CONTROLS
  after!.label = EVIL
  run.findings.push({ code: 'errors', severity: 'error', message: EVIL, advice: CONTROLS })
  Object.assign(run.plan, { scenario: EVIL, description: CONTROLS, repeat: `echo ${EVIL}` })
  Object.assign(run.environment, { cpuModel: EVIL, commit: CONTROLS })
  return concluded(
    run,
    METRICS.map(metric => ({ ...metric, title: metric.title + EVIL })),
  )
}

/** Names of 400 characters wherever a name can be. */
export const longNames = (): Report =>
  edited('regressed', run => {
    const long = (start: string) => start.padEnd(400, 'LongNameWithoutAnyPlaceToBreak')
    rename(run, { function: long, file: long })
    for (const variant of run.plan.variants) variant.label = long(variant.label)
    run.plan.scenario = long('scenario')
  })

/** Renames every function and file in the run's profiles. */
function rename(run: RunRecord, by: Record<'function' | 'file', (name: string) => string>): void {
  for (const launch of launchesOf(run)) {
    for (const result of Object.values(launch.collected)) {
      if (result.profile === undefined) continue
      const profile = decodePprof(Buffer.from(result.profile, 'base64'))
      const { name, file } = profile.functions
      const strings = [...profile.strings]
      for (const at of new Set(name)) profile.strings[at] = by.function(strings[at]!)
      for (const at of new Set(file)) if (at > 0) profile.strings[at] = by.file(strings[at]!)
      result.profile = Buffer.from(encodePprof(profile)).toString('base64')
    }
  }
}

export const launchesOf = (run: RunRecord): LaunchRecord[] => run.rounds.flatMap(({ launches }) => launches)

/** As if no collector had run; also what makes an edit quick where profiles do not matter. */
export function withoutProfiles(run: RunRecord): void {
  run.plan.collectors = []
  for (const launch of launchesOf(run)) launch.collected = {}
}

const outcome = (scenario: string, report: Report): Outcome => ({
  scenario,
  file: `scenarios/${scenario}.ts`,
  folder: scenario,
  report,
})

/** Several scenarios with every kind of outcome. */
export const outcomes = (): Outcome[] => [
  outcome('fine', improved()),
  outcome('slow', regressedWith('GET /stock')),
  outcome('open', inconclusive()),
  {
    scenario: 'broken',
    file: 'scenarios/broken.ts',
    folder: '',
    problem: {
      message: 'a]]>"&<b>\u0007,:%\r\n::error::x',
      place: 'server.js',
      advice: 'Start it by hand.',
    },
  },
]

/** The regression, accepted until a date such as `2026-12-31`; its run was on 2026-11-28. */
export const acceptedUntil = (expires: string): Report =>
  edited('regressed', run => {
    withoutProfiles(run)
    const { scenario } = run.plan
    const [metric, reason, accepted] = ['cpu.perRequest', 'The check is worth it.', '2026-11-01']
    run.plan.accepted = [{ scenario, metric, upTo: 0.7, reason, accepted, expires }]
  })
