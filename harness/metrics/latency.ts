/** The time within which a given percentage of requests was answered, over all steps of the script. */
import type { Sample } from '../model/evidence.ts'
import type { Metric } from '../model/metric.ts'
import { decodeHistogram, type Histogram, mergeHistograms, percentile } from '../stats/histogram.ts'

const latency = (percent: number, order: number, secondary = false): Metric => ({
  id: `latency.p${String(percent).replace('.', '')}`,
  title: `Latency p${percent}`,
  unit: 'µs',
  family: 'waiting',
  better: 'lower',
  needs: ['loader', 'pace'],
  order,
  secondary,
  measure: sample => percentile(histogramOf(sample), percent),
})

/** All percentiles read the same merged histogram, again after every round. */
const merged = new WeakMap<object, Histogram>()

function histogramOf({ histograms }: Sample): Histogram {
  const known = merged.get(histograms)
  if (known) return known
  const histogram = mergeHistograms((histograms.latency ?? []).map(decodeHistogram))
  merged.set(histograms, histogram)
  return histogram
}

export default [latency(50, 30), latency(90, 31, true), latency(99, 32), latency(99.9, 33)]
