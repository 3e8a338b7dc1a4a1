/** The time within which a given percentage of requests was answered, over all steps of the script. */
import type { Sample } from '../model/evidence.ts'
import type { Metric } from '../model/metric.ts'
import { decodeHistogram, type Histogram, mergeHistograms, percentile } from '../stats/histogram.ts'

const SHARED = {
  unit: 'µs',
  family: 'waiting',
  better: 'lower',
  needs: ['loader', 'pace'],
} satisfies Partial<Metric>

const latency = (percent: number, order: number, secondary = false): Metric => ({
  ...SHARED,
  id: `latency.p${String(percent).replace('.', '')}`,
  title: `Latency p${percent}`,
  order,
  secondary,
  measure: sample => percentile(histogramOf(sample, 'latency'), percent),
})

/** Of answers that come in parts. For others it would say the same as their latency. */
const firstByte = (percent: number, order: number): Metric => ({
  ...SHARED,
  id: `firstByte.p${percent}`,
  title: `First byte p${percent}`,
  order,
  measure: sample => percentile(histogramOf(sample, 'firstByte'), percent),
})

/** All percentiles read the same merged histograms, again after every round. */
const merged = new WeakMap<object, Map<string, Histogram>>()

function histogramOf({ histograms }: Sample, name: 'latency' | 'firstByte'): Histogram {
  const known = merged.get(histograms) ?? new Map<string, Histogram>()
  merged.set(histograms, known)
  const histogram = known.get(name) ?? mergeHistograms((histograms[name] ?? []).map(decodeHistogram))
  known.set(name, histogram)
  return histogram
}

export default [
  latency(50, 30),
  latency(90, 31, true),
  latency(99, 32),
  latency(99.9, 33),
  firstByte(50, 34),
  firstByte(99, 35),
]
