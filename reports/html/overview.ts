/** The index page over several scenarios: each with its verdict and a link to its own report. */
import type { Outcome } from '../../harness/model/outcome.ts'
import { visible } from '../../harness/words/text.ts'
import { MARKS, slug } from '../../harness/words/verdicts.ts'
import { outcomeLines, tallyOf } from '../shared/outcomes.ts'
import { ownFiles } from './policy.ts'
import { fill } from './template.ts'

/** @param base what they were compared with, in words; empty when each says so itself */
export function renderOverview(outcomes: Outcome[], base: string): string {
  const { policy, style } = ownFiles()
  const view = { policy, style, title: tallyOf(outcomes), base: visible(base), rows: outcomes.map(rowOf) }
  return fill(view, 'overview')
}

function rowOf(outcome: Outcome) {
  const { scenario, folder, report } = outcome
  const status = report?.verdict.status
  return {
    scenario: visible(scenario),
    link: report ? [...folder.split('/'), 'report.html'].map(encodeURIComponent).join('/') : '',
    verdict: status ? { ...MARKS[status], slug: slug(status) } : null,
    lines: outcomeLines(outcome).map(visible),
  }
}
