/** Everything that the templates need, in the order of the page. */
import type { Report } from '../../harness/model/report.ts'
import { measured, type Pair, pairs } from '../shared/pairs.ts'
import { pairSentence } from '../shared/sentence.ts'
import { clip, visible } from '../shared/text.ts'
import { flamePayload, recordPayload } from './payload.ts'
import { flamesSection } from './sections/flames.ts'
import { functionsSection } from './sections/functions.ts'
import { latencySection } from './sections/latency.ts'
import { metricsView } from './sections/metrics.ts'
import { timelineSection } from './sections/timeline.ts'
import { trustSection } from './sections/trust.ts'
import { matrixSection, sentenceView, verdictSection, verdictView } from './sections/verdict.ts'

export function pageView(report: Report) {
  // Without a single figure the sections of a pair would only say, one after the other, that they are empty.
  const all = measured(report) ? pairs(report) : []
  const record = recordPayload(report)
  return {
    top: verdictSection(report),
    matrix: all.length > 1 ? matrixSection(report) : null,
    several: all.length > 1,
    pairs: all.map((pair, index) => pairView(report, pair, index, all.length > 1)),
    trust: { ...trustSection(report), left: record.left },
    flames: report.analysis.flames.map((flame, index) => ({
      index,
      data: flamePayload(flame, report.analysis.frames),
    })),
    record: record.data,
    file: visible(report.run.plan.scenario)
      .replace(/[^\w.-]+/g, '-')
      .slice(0, 60),
  }
}

function pairView(report: Report, pair: Pair, index: number, several: boolean) {
  return {
    index,
    several,
    variant: clip(visible(pair.variant.label), 60),
    baseline: clip(visible(pair.baseline.label), 60),
    verdict: verdictView(pair.status),
    sentence: sentenceView(pairSentence(pair)),
    metrics: metricsView(pair),
    latency: latencySection(report, pair),
    flames: flamesSection(report, pair.variant.id),
    functions: functionsSection(report, pair.variant.id),
    timeline: timelineSection(report, pair),
  }
}
