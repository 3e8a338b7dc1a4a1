/** The report as one page that needs no network and no server, and a script only for what moves. */
import type { Artifact, Reporter } from '../../harness/model/capabilities.ts'
import type { Flame } from '../../harness/model/flame.ts'
import type { Report } from '../../harness/model/report.ts'
import { counted } from '../../harness/words/numbers.ts'
import { clip, visible } from '../../harness/words/text.ts'
import type { Profiled } from '../shared/functions.ts'
import { measured, otherPairs, type Pair, pairs, samplesOf } from '../shared/pairs.ts'
import { pairSentence } from '../shared/sentence.ts'
import { flamePayload, recordPayload } from './payload.ts'
import { flamesSection, functionsSection } from './sections/functions.ts'
import { latencySection } from './sections/latency.ts'
import { memorySection } from './sections/memory.ts'
import { metricsView } from './sections/metrics.ts'
import { Timelines } from './sections/timeline.ts'
import { timesSection } from './sections/times.ts'
import { trustSection } from './sections/trust.ts'
import { matrixSection, sentenceView, verdictSection, verdictView } from './sections/verdict.ts'
import { fill } from './template.ts'

/** The same report gives the same page, whenever and wherever it is rendered. */
export const renderHtml = (report: Report): string => fill('page', pageView(report))

/** Everything that the templates need, in the order of the page. */
function pageView(report: Report) {
  // Without any value the sections of a pair would only say, one after the other, that they are empty.
  const compared = measured(report) ? comparedPairs(report) : []
  const gated = compared.filter(({ other }) => !other)
  const flames = [report.analysis, ...(report.analysis.between ?? [])].flatMap(it =>
    it.flames.map(flame => ({ flame, frames: it.frames })),
  )
  const place = new Map(flames.map(({ flame }, index) => [flame, index]))
  const timelines = new Timelines(report)
  const record = recordPayload(report)
  const several = compared.length > 1
  const top = verdictSection(report)
  const views = compared.map((it, index) => pairView(report, it, { index, several, place, timelines }))
  return {
    title: `${top.scenario}: ${top.verdict.word}`,
    top,
    matrix: gated.length > 1 ? matrixSection(report) : null,
    several,
    others: several && compared.length > gated.length,
    pairs: views,
    owned: views.some(({ functions }) => functions[0]?.owners),
    timelines: timelines.groups,
    memory: memorySection(report),
    trust: { ...trustSection(report), left: leftWords(record.left) },
    flames: flames.map(({ flame, frames }, index) => ({
      index,
      data: flamePayload(flame, frames, profiledRequests(report, flame)),
    })),
    record: record.data,
    file: visible(report.run.plan.scenario)
      .replace(/[^\w.-]+/g, '-')
      .slice(0, 60),
  }
}

const leftWords = (left: number): string =>
  left === 0 ? '' : `${counted(left, 'profile')} of later rounds ${left === 1 ? 'does' : 'do'}`

/** Requests of both sides in all slices of the flame's collector; none unless the flame is given per request. */
function profiledRequests(report: Report, flame: Flame): [number, number] | undefined {
  if ((flame.per ?? 'per request') !== 'per request') return undefined
  const of = (variant: string) =>
    samplesOf(report, variant)
      .flatMap(({ collected }) => collected[flame.collector]?.slices.requests ?? [])
      .reduce<number>((sum, requests) => sum + (requests ?? 0), 0)
  const [before, after] = [of(flame.baseline), of(flame.variant)]
  return before > 0 && after > 0 ? [before, after] : undefined
}

interface Compared {
  pair: Pair
  profiled: Profiled
  /** Neither of the two is the baseline. */
  other: boolean
}

const comparedPairs = (report: Report): Compared[] => [
  ...pairs(report).map(pair => ({ pair, profiled: report, other: false })),
  ...otherPairs(report).map(it => ({ ...it, other: true })),
]

/** What a pair knows of the page around it. */
interface OnPage {
  index: number
  several: boolean
  place: ReadonlyMap<Flame, number>
  timelines: Timelines
}

function pairView(
  report: Report,
  { pair, profiled, other }: Compared,
  { index, several, place, timelines }: OnPage,
) {
  return {
    index,
    several,
    other,
    variant: clip(visible(pair.variant.label), 60),
    baseline: clip(visible(pair.baseline.label), 60),
    verdict: verdictView(pair.status),
    sentence: sentenceView(pairSentence(pair)),
    metrics: metricsView(pair),
    latency: latencySection(report, pair),
    times: timesSection(report, pair),
    flames: flamesSection(profiled, pair.variant.id, place),
    functions: functionsSection(profiled, pair.variant.id, other),
    timeline: timelines.section(pair, profiled, place),
  }
}

const reporter: Reporter = {
  name: 'html',
  render: (report): Artifact[] => [{ path: 'report.html', content: renderHtml(report) }],
}

export default reporter
