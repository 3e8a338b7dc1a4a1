/** The top of the page: sentence, verdict, gates, findings, and the matrix of several variants. */

import type { Status } from '../../../harness/model/comparison.ts'
import type { Finding } from '../../../harness/model/finding.ts'
import type { Report } from '../../../harness/model/report.ts'
import { duration, interval, share, sound } from '../../../harness/words/numbers.ts'
import { clip, visible } from '../../../harness/words/text.ts'
import { MARKS, slug } from '../../../harness/words/verdicts.ts'
import { responsible } from '../../shared/culprits.ts'
import {
  findings,
  gateWords,
  isQuick,
  type Pair,
  pairs,
  roundsMeasured,
  timeMeasured,
} from '../../shared/pairs.ts'
import { type Part, pairSentence, sentence } from '../../shared/sentence.ts'
import { changeView, percentView, wordView } from './figure.ts'

/** A verdict as a word and, by its slug, a shape that the template draws. */
export function verdictView(status: Status) {
  return { word: status, meaning: MARKS[status].meaning, slug: slug(status) }
}

/** Running text; names are clipped, since the table of variants has them in full. */
export const sentenceView = (parts: Part[]) =>
  parts.map(part => ({
    text: part.name ? clip(visible(part.text), 44) : unbroken(visible(part.text)),
    name: part.name ?? false,
  }))

/** Keeps a number and its unit, and the ends of an interval, on one line. */
const unbroken = (text: string): string => text.replaceAll(/(?<=\d) (?=[%…])|(?<=…) (?=[+−\d])/g, '\u00a0')

export function verdictSection(report: Report) {
  const { run, verdict } = report
  return {
    scenario: clip(visible(run.plan.scenario), 120),
    description: visible(run.plan.description),
    sentence: sentenceView(sentence(report)),
    verdict: verdictView(verdict.status),
    extent: `${roundsMeasured(report)} with fresh processes, ${duration(timeMeasured(report))}`,
    startedAt: visible(run.startedAt).replace('T', ' ').replace(/\..*/, ' UTC'),
    quick: isQuick(report),
    responsible: responsible(report),
    gates: pairs(report).flatMap(gatesView),
    findings: findingsView(findings(report)),
  }
}

export const findingsView = (all: Finding[]) =>
  all.map(({ severity, message, advice }) => ({
    severity,
    message: visible(message),
    advice: advice ? visible(advice) : '',
  }))

function gatesView(pair: Pair) {
  return pair.gates.map(verdict => {
    const { gate, status, change, reason } = verdict
    const { title, limit } = gateWords(verdict, pair.comparisons)
    return {
      variant: clip(visible(pair.variant.label), 60),
      metric: visible(title),
      limit,
      warns: gate.level === 'warn',
      estimate: sound(change) ? percentView(change!.estimate) : wordView('–'),
      interval: interval(change),
      level: sound(change) ? `${share(change!.confidence)} interval` : '',
      verdict: verdictView(status),
      reason: visible(reason),
    }
  })
}

/** Variants against the baseline in the metrics that matter most. */
export function matrixSection(report: Report) {
  const all = pairs(report)
  const first = all[0]?.comparisons.filter(it => !it.secondary) ?? []
  const metrics = first.slice(0, 6).map(it => ({ metric: it.metric, title: visible(it.title) }))
  return {
    baseline: all[0] ? clip(visible(all[0].baseline.label), 60) : '',
    metrics,
    rows: all.map((pair, index) => ({
      index,
      variant: clip(visible(pair.variant.label), 60),
      verdict: verdictView(pair.status),
      sentence: sentenceView(pairSentence(pair)),
      cells: metrics.map(({ metric }) => cellView(pair, metric)),
    })),
  }
}

function cellView(pair: Pair, metric: string) {
  const it = pair.comparisons.find(comparison => comparison.metric === metric)
  return {
    change: it ? changeView(it) : wordView('–'),
    interval: !it || it.exact ? '' : interval(it.change),
    verdict: verdictView(it?.verdict ?? 'not comparable'),
  }
}
