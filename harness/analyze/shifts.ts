/** Whether latency changed by the same time for all requests, as behind a slower query, or in proportion to what they took. */
import type { Sides } from '../model/comparison.ts'
import type { Evidence, Sample } from '../model/evidence.ts'
import type { LatencyShift } from '../model/report.ts'
import { mean, sum } from '../stats/describe.ts'
import { decodeHistogram, mergeHistograms, percentile } from '../stats/histogram.ts'
import { INFERENCES } from './inference.ts'
import { othersOf, pairsOf } from './samples.ts'

/** Percentiles that tell the two apart. The tail has too few requests for that. */
const PERCENTILES = [10, 25, 50, 75, 90]
/** A description fits that leaves no more than this share of what the other one leaves unexplained. */
const FITS = 0.5
/** With less than this share of the latency left by either, there is nothing to tell them apart by. */
const UNEXPLAINED = 0.02

/** The variants whose latency changed, with an interval without zero. None in a closed loop, where the load sets the latency. */
export function latencyShifts(evidence: Evidence, excluded: ReadonlySet<Sample>): LatencyShift[] {
  const latencies = (samples: Sample[]) => samples.map(latenciesOf)
  return othersOf(evidence).flatMap(({ id }) => {
    const { before, after } = usablePairs(evidence, id, excluded)
    const sides = { before: latencies(before), after: latencies(after) }
    const means = { before: sides.before.map(mean), after: sides.after.map(mean) }
    const shift = INFERENCES[evidence.pairing].interval(means)
    if (!shift || (shift.low <= 0 && shift.high >= 0)) return []
    return [{ variant: id, baseline: evidence.baseline, shift, kind: kindOf(sides) }]
  })
}

function usablePairs(evidence: Evidence, id: string, excluded: ReadonlySet<Sample>): Sides<Sample[]> {
  const { before, after } = pairsOf(evidence, id)
  const isUsable = (sample: Sample) => !excluded.has(sample) && sample.pace && merged(sample).totalCount > 0
  if (evidence.pairing === 'independent')
    return { before: before.filter(isUsable), after: after.filter(isUsable) }
  const both = (_: Sample, at: number) => isUsable(before[at]!) && isUsable(after[at]!)
  return { before: before.filter(both), after: after.filter(both) }
}

/** `undefined` where neither describes the change clearly better than the other. */
function kindOf(sides: Sides<number[][]>): LatencyShift['kind'] {
  const typical = (rounds: number[][]) => PERCENTILES.map((_, at) => mean(rounds.map(round => round[at]!)))
  const [before, after] = [typical(sides.before), typical(sides.after)]
  const shift = mean(after.map((value, at) => value - before[at]!))
  const ratio = Math.exp(mean(after.map((value, at) => Math.log(value / before[at]!))))
  const left = (predicted: number[]) =>
    Math.sqrt(sum(after.map((value, at) => (1 - predicted[at]! / value) ** 2)) / after.length)
  const shifted = left(before.map(value => value + shift))
  const scaled = left(before.map(value => value * ratio))
  if (Math.max(shifted, scaled) < UNEXPLAINED) return undefined
  if (shifted <= FITS * scaled) return 'shift'
  return scaled <= FITS * shifted ? 'ratio' : undefined
}

const merged = (sample: Sample) => mergeHistograms((sample.histograms.latency ?? []).map(decodeHistogram))

/** µs. */
function latenciesOf(sample: Sample): number[] {
  const histogram = merged(sample)
  return PERCENTILES.map(percent => percentile(histogram, percent)!)
}
