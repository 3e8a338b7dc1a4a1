/** Percentiles with so few requests beyond them that a run can be too short for any change. */
import type { Evidence, Sample } from '../model/evidence.ts'
import type { Gate } from '../model/plan.ts'
import { TAILS } from '../scenario/tails.ts'
import { mean, median } from '../stats/describe.ts'
import { decodeHistogram, mergeHistograms, percentile } from '../stats/histogram.ts'
import { duration, signedPercent, value } from '../words/numbers.ts'
import { samplesOf } from './samples.ts'

/** A 95 % interval is this many standard errors wide on each side. */
const TWO_SIDED = 2
/** Fewer rounds than this call nothing a regression. */
const FEWEST_ROUNDS = 5
/** A run that is this close to long enough needs no advice. */
const ENOUGH = 0.8
/** With fewer requests beyond a percentile in a whole run, it is a matter of luck. */
const FEWEST_BEYOND = 5

/** What a gate on a tail needs; `null` where the run has it, in a closed loop, and for other gates. */
export function tailAdvice(
  evidence: Evidence,
  { metric, margin }: Pick<Gate, 'metric' | 'margin'>,
): string | null {
  const percent = TAILS[metric]
  if (percent === undefined || !margin || pacedOf(evidence).length === 0) return null
  const beyond = beyondAtTheEnd(evidence, percent)
  if (beyond < FEWEST_BEYOND) return luckText(evidence, percent, beyond)
  const needed = roundsForTail(evidence, percent, margin)
  const rounds = new Set(evidence.samples.map(({ round }) => round)).size
  return needed === null || roundsAtTheEnd(evidence, rounds) >= ENOUGH * needed
    ? null
    : precisionText(evidence, percent, margin, needed)
}

/** Whether a gate can only be decided by luck, however long the run goes on: the whole run has too few slow requests. */
export function isHopeless(evidence: Evidence, { metric }: Pick<Gate, 'metric'>): boolean {
  const percent = TAILS[metric]
  if (percent === undefined || pacedOf(evidence).length === 0) return false
  return beyondAtTheEnd(evidence, percent) < FEWEST_BEYOND
}

/** Samples of an open loop that have latencies. */
const pacedOf = ({ samples }: Evidence): Sample[] =>
  samples.filter(sample => sample.pace && latencyOf(sample).totalCount > 0)

/** Requests of one variant beyond the percentile, when the time of the run is used up. */
const beyondAtTheEnd = (evidence: Evidence, percent: number): number =>
  requestsPerLaunch(evidence) * roundsAtTheEnd(evidence, 1) * (1 - percent / 100)

const requestsPerLaunch = (evidence: Evidence): number =>
  median(pacedOf(evidence).map(sample => latencyOf(sample).totalCount))

const roundTimeOf = (evidence: Evidence): number =>
  mean(pacedOf(evidence).map(({ window }) => window.duration))

/** Rounds for which there is time, @param least those that have been measured */
function roundsAtTheEnd(evidence: Evidence, least: number): number {
  const { maxTime = 0, rounds } = evidence.plan ?? {}
  const fitting = Math.floor(maxTime / Math.max(1, roundTimeOf(evidence)))
  return Math.max(least, Math.min(fitting, rounds?.max ?? fitting))
}

/**
 * Rounds until chance alone moves the ratio of a percentile by less than the margin: what the number of requests takes, however
 * alike the launches are. `null` without a request beyond the percentile.
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

function precisionText(evidence: Evidence, percent: number, margin: number, rounds: number): string {
  const requests = requestsPerLaunch(evidence)
  const beyond = Math.round(requests * (1 - percent / 100))
  return `Latency p${percent} within ${signedPercent(margin).slice(1)} takes about ${duration(rounds * roundTimeOf(evidence))} at ${rateOf(evidence)}: a launch answers ${Math.round(requests)} requests, and ${beyond} of them are slower.`
}

function luckText(evidence: Evidence, percent: number, beyond: number): string {
  const needed = roundTimeOf(evidence) * Math.ceil((FEWEST_BEYOND / beyond) * roundsAtTheEnd(evidence, 1))
  return `Latency p${percent} is a matter of luck at ${rateOf(evidence)}: of the requests of a variant in the whole run, about ${Math.round(beyond)} are slower. ${FEWEST_BEYOND} take about ${duration(needed)}, and a small change takes much longer.`
}

const rateOf = (evidence: Evidence): string => value(pacedOf(evidence)[0]!.pace!.rate, '1/s')

const latencyOf = ({ histograms }: Sample) => mergeHistograms((histograms.latency ?? []).map(decodeHistogram))
