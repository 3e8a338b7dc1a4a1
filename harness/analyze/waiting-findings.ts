/** Findings about services that wait: state that grows, and tails that need more requests than a run has. */
import type { Detectors } from '../findings/index.ts'
import type { Evidence, Sample } from '../model/evidence.ts'
import { cpuColumn } from '../scenario/needs.ts'
import { overall } from '../stats/columns.ts'
import { mean } from '../stats/describe.ts'
import { decodeHistogram, mergeHistograms, percentile } from '../stats/histogram.ts'
import { trendOf } from '../stats/trend.ts'
import { signedPercent } from '../words/numbers.ts'
import { tailAdvice } from './tails.ts'

/** Fewest rounds in which a trend shows, how sure it must be (standard deviations), and how large. */
const TREND_ROUNDS = 6
const TREND_SCORE = 2.6
const TREND_CHANGE = 0.1

export const WAITING_DETECTORS: Detectors<[evidence: Evidence]> = {
  'state-grows': evidence => {
    const kept = (evidence.plan?.needs ?? []).filter(({ per, url }) => per !== 'round' || url !== undefined)
    if (kept.length === 0 || evidence.pairing !== 'rounds') return null
    const series = [
      { what: 'Latency p50', of: medianLatency },
      ...kept.map(({ name }) => ({
        what: `CPU of ${name}`,
        of: (sample: Sample) => overall(sample, cpuColumn(name)),
      })),
    ]
    const growing = series.flatMap(({ what, of }) => {
      const values = perRound(evidence, of)
      if (values.length < TREND_ROUNDS) return []
      const { change, score } = trendOf(values.map(Math.log))
      return score >= TREND_SCORE && change >= TREND_CHANGE
        ? [`${what} (${signedPercent(Math.expm1(change))})`]
        : []
    })
    if (growing.length === 0) return null
    return `From the first round to the last, this grew in all variants: ${growing.join(', ')}.`
  },
  'tail-needs-time': evidence => {
    const advice = (evidence.plan?.gates ?? []).flatMap(gate => tailAdvice(evidence, gate) ?? [])
    return advice.length > 0 ? advice.join(' ') : null
  },
}

function medianLatency(sample: Sample): number | null {
  return sample.pace
    ? percentile(mergeHistograms((sample.histograms.latency ?? []).map(decodeHistogram)), 50)
    : null
}

/** The geometric mean of all variants' values in each round that has them all. */
function perRound({ samples, subjects }: Evidence, of: (sample: Sample) => number | null): number[] {
  const rounds = [...Map.groupBy(samples, ({ round }) => round)].toSorted(([a], [b]) => a - b)
  return rounds.flatMap(([, own]) => {
    const values = own.flatMap(sample => of(sample) ?? [])
    return values.length === subjects.length && values.every(it => it > 0)
      ? [Math.exp(mean(values.map(Math.log)))]
      : []
  })
}
