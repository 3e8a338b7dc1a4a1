/** Scenarios as lines of text, for reports of several of them. */
import type { GateVerdict, Outcome, Problem, Report } from '../../harness/model/report.ts'
import { counted } from '../../harness/words/numbers.ts'
import { lastWords, visible } from '../../harness/words/text.ts'
import { tallied, wordFor } from '../../harness/words/verdicts.ts'
import { responsible } from './culprits.ts'
import { gateWords, isQuick } from './pairs.ts'
import { plain, sentence } from './sentence.ts'

/** A report on its own, with the scenario's file as the plan has it. */
export const outcomeOf = (report: Report): Outcome => ({
  scenario: report.run.plan.scenario,
  file: report.run.plan.file,
  folder: '',
  report,
})

/** `CPU time per request within 2 %` */
export function gateName({ analysis }: Report, gate: GateVerdict): string {
  const { title, limit } = gateWords(gate, analysis.comparisons)
  return `${title} ${limit}`.trim()
}

/** Lines of a text, each made visible. */
export const visibleLines = (text: string): string[] => text.split(/\r\n|\r|\n/).map(visible)

/** `3 scenarios: 1 regressed, 2 fine` */
export function tallyOf(outcomes: Outcome[]): string {
  const counts = tallied(outcomes.map(wordFor))
  return `${counted(outcomes.length, 'scenario')}${counts && `: ${counts}`}`
}

/** What a reader has to know of one scenario: the sentence, and for a regression what is responsible. */
export function outcomeLines({ report, problem }: Outcome): string[] {
  if (problem) return problemLines(problem)
  if (!report) return []
  const regressed = report.verdict.gates.filter(({ status }) => status === 'regressed')
  const accepted = regressed.flatMap(({ accepted }) =>
    accepted ? [`Accepted until ${accepted.expires}: ${accepted.reason}`] : [],
  )
  const neutral = report.verdict.status === 'inconclusive' && !isQuick(report)
  return [
    plain(sentence(report)),
    ...responsible(report),
    ...accepted,
    ...(neutral ? ['An inconclusive gate is neutral: it fails nothing.'] : []),
  ]
}

/** Lines of the evidence, from its end: what a service said last is what it died of. */
const DETAILS = 8

const problemLines = ({ message, place, details = '', advice }: Problem): string[] =>
  [message, place, ...lastWords(details, DETAILS), advice].filter(line => line !== undefined)
