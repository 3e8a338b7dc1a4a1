/** Machine × measurements on it → what a gate can see here. Pure. */
import { join } from 'node:path'
import { finding } from '../../findings/index.ts'
import type { Change, Status } from '../../model/comparison.ts'
import type { Finding } from '../../model/finding.ts'
import type { Report } from '../../model/report.ts'
import { percent, signedPercent } from '../../words/numbers.ts'
import { examine } from './examine.ts'
import type { Machine } from './machine.ts'
import { FALSE_ALARMS, type Sight, sightError, sightIn } from './sight.ts'

export const DOCTOR_SCHEMA = 'flamegate/doctor/1'

/** Seconds of measuring for which the sight is reported. */
const TIMES = [30, 60, 120]

/** Seconds of a usual run. */
const SENTENCE_TIME = 60

/** The function of the service `injected` that does the extra work. */
const INJECTED = 'injectedWork'

/** One run with a known truth. */
export interface Trial {
  /** Extra work, as a fraction; 0 is the service against itself. */
  injected: number
  rounds: number
  /** Milliseconds. */
  duration: number
  status: Status
  changes: { metric: string; title: string; change: Change }[]
  /** The function with the most certain change, if one is significant. */
  culprit: string | null
  /** Path of the record. */
  record: string
}

export interface Checkup {
  schema: typeof DOCTOR_SCHEMA
  machine: Machine
  trials: Trial[]
  sight: Sight[]
  /** Error of the sight, as a fraction of it: it rests on few rounds. */
  sightError: number | null
  /** What a gate here can see, in one sentence. */
  sentence: string
  findings: Finding[]
  /** Whether the service against itself was called a regression. */
  falseAlarm: boolean
  /** Whether the injected change, or its function, was not found. */
  missed: boolean
}

/** @param reports of the scenario `injected`, against itself and with its extra work; none when nothing was measured */
export function checkUp(machine: Machine, reports: Report[]): Checkup {
  const trials = reports.map(trialOf)
  const sight = reports.length > 0 ? TIMES.flatMap(seconds => sightIn(seconds, reports)) : []
  return {
    schema: DOCTOR_SCHEMA,
    machine,
    trials,
    sight,
    sightError: sightError(reports),
    sentence: sentence(sight),
    findings: gravestFirst([
      ...trials.flatMap(misjudged),
      ...examine(machine),
      ...reports.flatMap(({ analysis }) => analysis.findings),
    ]),
    falseAlarm: trials.some(isFalseAlarm),
    missed: trials.some(trial => isUnseen(trial) || isUnnamed(trial)),
  }
}

function trialOf({ run, analysis, verdict }: Report): Trial {
  const { plan, rounds, duration } = run
  const injected = plan.variants.find(({ id }) => id !== plan.baseline)?.environment.INJECT
  const measured = ['cpu.perRequest', 'latency.p99'].flatMap(id =>
    analysis.comparisons.filter(({ metric }) => metric === id),
  )
  return {
    injected: Number(injected ?? 0) / 100,
    rounds: rounds.length,
    duration,
    status: verdict.status,
    changes: measured.flatMap(({ metric, title, change }) => (change ? [{ metric, title, change }] : [])),
    culprit: analysis.frames.find(({ significant }) => significant)?.function ?? null,
    record: join(plan.output, 'record.json'),
  }
}

const isFalseAlarm = ({ injected, status }: Trial): boolean => injected === 0 && status === 'regressed'
const isUnseen = ({ injected, status }: Trial): boolean => injected > 0 && status !== 'regressed'
const isUnnamed = ({ injected, status, culprit }: Trial): boolean =>
  injected > 0 && status === 'regressed' && culprit !== INJECTED

function misjudged(trial: Trial): Finding[] {
  const { injected, status, culprit } = trial
  if (isFalseAlarm(trial))
    return [finding('false-alarm', 'The service against itself was called a regression.')]
  const unseen = `${percent(injected)} of extra work was not called a regression, but ${status}.`
  if (isUnseen(trial)) return [finding('change-not-seen', unseen)]
  const instead = culprit ? ` (${culprit} instead)` : ''
  const unnamed = `The extra work was seen, but not the function that does it${instead}.`
  return isUnnamed(trial) ? [finding('function-not-found', unnamed)] : []
}

/** `In 60 s: +2.4 % CPU per request, +9.1 % latency p99; false alarms at most 1 %.` */
function sentence(sight: Sight[]): string {
  const own = sight.filter(({ seconds }) => seconds === SENTENCE_TIME)
  if (own.length === 0)
    return 'There are too few rounds to tell what a gate can see here: give the doctor more time (`--max-time`).'
  const can = own.filter(({ change }) => change !== null)
  const cannot = own.filter(({ change }) => change === null)
  if (can.length === 0)
    return `In ${SENTENCE_TIME} s nothing: a round takes so long here that there are too few. Give gates more time.`
  const seen = can.map(({ change, title }) => `${signedPercent(change!)} ${inSentence(title)}`)
  const unseen = cannot.map(({ title }) => `, no change of ${inSentence(title)}`).join('')
  return `In ${SENTENCE_TIME} s: ${seen.join(', ')}${unseen}; false alarms at most ${percent(FALSE_ALARMS)}.`
}

/** `Latency p99` → `latency p99`; `CPU per request` keeps its capitals. */
const inSentence = (title: string) => title.replace(/^[A-Z](?=[a-z])/, first => first.toLowerCase())

const RANK = { error: 0, warning: 1, info: 2 }

/** A finding of both runs is reported once. */
function gravestFirst(findings: Finding[]): Finding[] {
  const first = new Map(findings.toReversed().map(finding => [finding.code, finding]))
  return [...first.values()].toReversed().toSorted((a, b) => RANK[a.severity] - RANK[b.severity])
}
