/** Several scenarios as Markdown, for the summary of a job and for a comment on a pull request. */
import type { Outcome } from '../harness/model/report.ts'
import { visible } from '../harness/words/text.ts'
import { marked, wordFor } from '../harness/words/verdicts.ts'
import { code, grid, inert, renderMarkdown } from './markdown.ts'
import { outcomeLines, tallyOf, visibleLines } from './shared/outcomes.ts'

/** The summary of a job holds 1 MiB, and other steps may have written to it. */
export const SUMMARY_BYTES = 900_000

/** A comment holds 65,536 characters; bytes are never fewer. */
export const COMMENT_BYTES = 60_000

/** A later run finds the comment of an earlier one by this mark. */
export const COMMENT_MARK = '<!-- flamegate -->'

/**
 * A table of all scenarios, then their reports while there is room, those that need attention first.
 *
 * @param base what they were compared with, as text; empty if each says so itself
 */
export function renderSummary(outcomes: Outcome[], base: string, bytes: number): string {
  const head = [
    `## ${inert(tallyOf(outcomes))}`,
    ...(base ? [inert(visible(base))] : []),
    grid(['scenario', 'verdict', 'what was seen'], 'lll', outcomes.map(rowOf)),
  ].join('\n\n')
  const reports = outcomes.toSorted((a, b) => Number(passes(a)) - Number(passes(b))).flatMap(sectionOf)
  const blocks = [head]
  let room = bytes - size(head) - size(left(reports.length))
  for (const [at, report] of reports.entries()) {
    room -= size(report) + 2
    if (room < 0) return `${[...blocks, left(reports.length - at)].join('\n\n')}\n`
    blocks.push(report)
  }
  return `${blocks.join('\n\n')}\n`
}

/** A comment: the mark, and as much as it holds. */
export const renderComment = (outcomes: Outcome[], base: string): string =>
  `${COMMENT_MARK}\n${renderSummary(outcomes, base, COMMENT_BYTES)}`

const size = (text: string) => Buffer.byteLength(text)

const left = (count: number) =>
  `There was no room for ${count} of the reports. They are among the files of this job.`

const passes = (outcome: Outcome) => ['fine', 'improved'].includes(wordFor(outcome))

function rowOf(outcome: Outcome): string[] {
  const word = wordFor(outcome)
  const lines = outcomeLines(outcome).map(line => inert(visibleLines(line).join(' ')))
  return [code(outcome.scenario), word === 'not measured' ? `✖ ${word}` : marked(word), lines.join('<br>')]
}

function sectionOf(outcome: Outcome): string[] {
  if (!outcome.report) return []
  const report = renderMarkdown(outcome.report).trimEnd()
  if (!passes(outcome)) return [report]
  return [`<details><summary>${inert(visible(outcome.scenario))}</summary>\n\n${report}\n\n</details>`]
}
