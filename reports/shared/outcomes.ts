/** Scenarios and gates in words, for whatever tells of several of them. */

import { type Outcome, type Problem, wordFor } from '../../harness/model/outcome.ts'
import type { GateVerdict, Report } from '../../harness/model/report.ts'
import { lastWords } from '../../harness/words/last-words.ts'
import { counted, magnitude, value } from '../../harness/words/numbers.ts'
import { responsible } from './culprits.ts'
import { plain, sentence } from './sentence.ts'

/** One report alone, its scenario's file as the plan has it. */
export const outcomeOf = (report: Report): Outcome => ({
  scenario: report.run.plan.scenario,
  file: report.run.plan.file,
  folder: '',
  report,
})

/** `CPU time per request within 2 %` */
export function gateName({ analysis }: Report, { gate }: GateVerdict): string {
  const it = analysis.comparisons.find(({ metric }) => metric === gate.metric)
  const limits = [
    ...(gate.margin === undefined ? [] : [`within ${magnitude(gate.margin)}`]),
    ...(gate.max === undefined ? [] : [`at most ${value(gate.max, it?.unit ?? '')}`]),
  ]
  return [it?.title ?? gate.metric, limits.join(', ')].join(' ').trim()
}

/** `3 scenarios: 1 regressed, 2 fine` */
export function tallyOf(outcomes: Outcome[]): string {
  const words = Object.entries(Object.groupBy(outcomes, wordFor))
  const all = counted(outcomes.length, 'scenario')
  return words.length === 0
    ? all
    : `${all}: ${words.map(([word, group]) => `${group?.length} ${word}`).join(', ')}`
}

/** What a reader has to know of one of them: the sentence, and for a regression what is responsible. */
export function outcomeLines({ report, problem }: Outcome): string[] {
  if (problem) return problemLines(problem)
  if (!report) return []
  const regressed = report.verdict.gates.filter(({ status }) => status === 'regressed')
  const accepted = regressed.flatMap(({ accepted }) => (accepted ? [acceptedLine(accepted)] : []))
  const neutral = report.verdict.status === 'inconclusive' && !report.run.plan.quick
  return [
    plain(sentence(report)),
    ...responsible(report),
    ...accepted,
    ...(neutral ? ['An inconclusive gate is neutral: it fails nothing.'] : []),
  ]
}

/** Of the evidence the end: what a service said last is what it died of. */
const DETAILS = 8

function problemLines({ message, place, details = '', advice }: Problem): string[] {
  return [message, place, ...lastWords(details, DETAILS), advice].filter(line => line !== undefined)
}

const acceptedLine = ({ expires, reason }: NonNullable<GateVerdict['accepted']>) =>
  `Accepted until ${expires}: ${reason}`
