/** Findings about services that wait: state that grows, and tails that need more requests than a run has. */
import type { Detectors } from '../findings/index.ts'
import type { Evidence, Sample } from '../model/evidence.ts'
import { cpuColumn } from '../scenario/needs.ts'
import { overall } from '../stats/columns.ts'
import { mean, median } from '../stats/describe.ts'
import { decodeHistogram, mergeHistograms, percentile } from '../stats/histogram.ts'
import { trendOf } from '../stats/trend.ts'
import { duration, signedPercent, value } from '../words/numbers.ts'
import { samplesOf } from './samples.ts'

/** Fewest rounds in which a trend shows, how sure it must be (standard deviations), and how large. */
const TREND_ROUNDS = 6
const TREND_SCORE = 2.6
const TREND_CHANGE = 0.1

/** A 95 % interval is this many standard errors wide on each side. */
const TWO_SIDED = 2
/** Fewer rounds than this call nothing a regression. */
const FEWEST_ROUNDS = 5
/** A run that is this close to long enough needs no advice. */
const ENOUGH = 0.8

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
    const gates = evidence.plan?.gates ?? []
    const rounds = new Set(evidence.samples.map(({ round }) => round)).size
    const advice = gates.flatMap(({ metric, margin }) => {
      const percent = TAILS[metric]
      if (percent === undefined || !margin) return []
      const needed = roundsForTail(evidence, percent, margin)
      return needed === null || rounds >= ENOUGH * needed ? [] : [tailText(evidence, percent, margin, needed)]
    })
    return advice.length > 0 ? advice.join(' ') : null
  },
}

/** Percentiles with so few requests beyond them that a run can be too short for any change. */
const TAILS: Record<string, number> = { 'latency.p90': 90, 'latency.p99': 99, 'latency.p999': 99.9 }

/**
 * Rounds until chance alone moves the ratio of a percentile by less than the margin: what the number of requests takes, however
 * alike the launches are. `null` in a closed loop, or without a request beyond the percentile.
 */
function roundsForTail(evidence: Evidence, percent: number, margin: number): number | null {
  const errors = evidence.subjects.map(({ id }) => {
    const own = samplesOf(evidence, id).filter(({ pace }) => pace)
    const known = own.flatMap(sample => errorOf(sample, percent) ?? [])
    return known.length > 0 ? median(known) : Number.NaN
  })
  // The baseline and the least precise of the others.
  const [worst = Number.NaN, next = Number.NaN] = errors.toSorted((a, b) => b - a)
  const rounds = ((TWO_SIDED * Math.hypot(worst, next)) / margin) ** 2
  return Number.isFinite(rounds) ? Math.max(FEWEST_ROUNDS, Math.ceil(rounds)) : null
}

/**
 * Standard error of the logarithm of a launch's percentile, by the order statistics one standard deviation around it. Source: H. A.
 * David and H. N. Nagaraja (2003), Order Statistics, chapter 7.
 */
function errorOf(sample: Sample, percent: number): number | null {
  const histogram = latencyOf(sample)
  const [count, share] = [histogram.totalCount, percent / 100]
  if (count * (1 - share) < 1) return null
  const deviation = 100 * Math.sqrt((share * (1 - share)) / count)
  const at = (where: number) => percentile(histogram, Math.min(100, where))!
  return Math.log(at(percent + deviation) / at(percent - deviation)) / 2
}

function tailText(evidence: Evidence, percent: number, margin: number, rounds: number): string {
  const launches = evidence.samples.filter(({ pace }) => pace)
  const roundTime = mean(launches.map(({ window }) => window.duration))
  const requests = median(launches.map(sample => latencyOf(sample).totalCount))
  const rate = value(launches[0]!.pace!.rate, '1/s')
  const beyond = Math.round(requests * (1 - percent / 100))
  return `Latency p${percent} within ${signedPercent(margin).slice(1)} takes about ${duration(rounds * roundTime)} at ${rate}: a launch answers ${Math.round(requests)} requests, and ${beyond} of them are slower.`
}

const latencyOf = ({ histograms }: Sample) => mergeHistograms((histograms.latency ?? []).map(decodeHistogram))

function medianLatency(sample: Sample): number | null {
  return sample.pace ? percentile(latencyOf(sample), 50) : null
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
