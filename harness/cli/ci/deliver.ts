/** Writes the reports of a CI job, and reports to the CI system. */
import { appendFile } from 'node:fs/promises'
import { renderAnnotations } from '../../../reports/github.ts'
import { renderOverview } from '../../../reports/html/overview.ts'
import { renderJunit } from '../../../reports/junit.ts'
import { outcomeLines, tallyOf } from '../../../reports/shared/outcomes.ts'
import { renderComment, renderSummary, SUMMARY_BYTES } from '../../../reports/summary.ts'
import { saveArtifacts } from '../../store/index.ts'
import { visible } from '../../words/text.ts'
import { wordFor } from '../../words/verdicts.ts'
import type { Host } from '../host.ts'
import { gravest } from '../outcome.ts'
import { type Coded, JOB_FILE, jobDocument } from './document.ts'
import type { Shard } from './select.ts'

export interface Told {
  /** Absolute path of the job's folder. */
  folder: string
  base: string
  shard?: Shard
  json: boolean
}

/** @returns the exit code of the gravest outcome */
export async function deliverJob(outcomes: Coded[], job: Told, host: Host): Promise<number> {
  const { folder, base, shard = null } = job
  const code = gravest(outcomes.map(outcome => outcome.code))
  const document = jobDocument(outcomes, { code, base, shard })
  // Before anything is saved: a full disk must not hide a regression.
  await tellGithub(outcomes, base, host)
  host.stdout.write(job.json ? document : `${spoken(outcomes)}\n`)
  await saveArtifacts(folder, [
    { path: JOB_FILE, content: document },
    { path: 'junit.xml', content: renderJunit(outcomes) },
    { path: 'summary.md', content: renderSummary(outcomes, base, SUMMARY_BYTES) },
    { path: 'comment.md', content: renderComment(outcomes, base) },
    { path: 'index.html', content: renderOverview(outcomes, base) },
  ])
  if (!job.json) host.stdout.write(`Reports: ${folder}\n`)
  return code
}

/** GitHub reads its commands from stderr too, so stdout is left to the results. */
async function tellGithub(outcomes: Coded[], base: string, host: Host): Promise<void> {
  if (host.env.GITHUB_ACTIONS) host.stderr.write(renderAnnotations(outcomes))
  const summary = host.env.GITHUB_STEP_SUMMARY
  if (!summary) return
  try {
    await appendFile(summary, renderSummary(outcomes, base, SUMMARY_BYTES))
  } catch (error) {
    // The verdict does not depend on it.
    host.stderr.write(`warning: the summary of the job cannot be written: ${visible(String(error))}\n`)
  }
}

/** A line for each scenario, with details when it is better or worse, or nobody can tell. */
function spoken(outcomes: Coded[]): string {
  const lines = outcomes.flatMap(outcome => {
    const word = wordFor(outcome)
    const details = word === 'fine' ? [] : outcomeLines(outcome)
    return [`${visible(outcome.scenario)}: ${word}`, ...details.map(line => `  ${visible(line)}`)]
  })
  return ['', tallyOf(outcomes), ...lines].join('\n')
}
