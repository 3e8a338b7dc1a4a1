import { COLUMNS, type ColumnName } from '../model/columns.ts'
import type { Sample } from '../model/evidence.ts'
import { createHistogram, encodeHistogram, record } from '../stats/histogram.ts'

export type Counters = Partial<Record<ColumnName, number | null>>

/**
 * A sample with two timed slices, each with these counters; the others were not measured. When it has requests, their
 * latencies are 1 to 1,000 µs, and it has everything else that a launch can have.
 */
export function sampleWith(counters: Counters): Sample {
  const columns = Object.fromEntries(
    Object.keys(COLUMNS).map(name => {
      const value = counters[name as ColumnName] ?? null
      return [name, [value, value]]
    }),
  )
  const answered = (counters.requests ?? 0) > 0
  const histogram = createHistogram()
  if (answered) for (let µs = 1; µs <= 1_000; µs++) record(histogram, µs)
  const collected = (figures: Record<string, number>) => ({ slices: columns, figures })
  return {
    subject: 'a',
    round: 1,
    window: { duration: 5_000 },
    boot: 100,
    versions: {},
    warmup: { settled: true, slices: columns },
    columns,
    histograms: { latency: [encodeHistogram(histogram)], firstByte: [encodeHistogram(histogram)] },
    collected: answered ? { 'event-loop': collected({ p99: 3e6 }), heap: collected({ live: 8e6 }) } : {},
    memory: { resident: answered ? 50e6 : null, heapUsed: null },
    capacity: { rate: answered ? 1_200 : null, trials: [] },
  }
}
