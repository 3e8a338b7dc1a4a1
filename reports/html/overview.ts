/** The index page of several scenarios: each with its verdict and a link to its report. */
import type { Outcome } from '../../harness/model/report.ts'
import { visible } from '../../harness/words/text.ts'
import { outcomeLines, tallyOf } from '../shared/outcomes.ts'
import { verdictView } from './sections/verdict.ts'
import { fill } from './template.ts'

/** @param base what they were compared with, as text; empty if each scenario says so itself */
export const renderOverview = (outcomes: Outcome[], base: string): string =>
  fill('overview', { title: tallyOf(outcomes), base: visible(base), rows: outcomes.map(rowOf) })

function rowOf(outcome: Outcome) {
  const { scenario, folder, report } = outcome
  return {
    scenario: visible(scenario),
    link: report ? [...folder.split('/'), 'report.html'].map(encodeURIComponent).join('/') : '',
    verdict: report ? verdictView(report.verdict.status) : null,
    lines: outcomeLines(outcome).map(visible),
  }
}
