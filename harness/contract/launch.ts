import { type LaunchRecord, SLICE_FIELDS, type SliceField, type Slices } from '../model/record.ts'
import { createHistogram, encodeHistogram, record } from '../stats/histogram.ts'

export type Counters = Partial<Record<SliceField, number | null>>

/**
 * The record of a launch with two timed slices, each with these counters; the others were not measured. When it has
 * requests, their latencies are 1 to 1,000 µs, and it has everything else that a launch can have.
 */
export function launchWith(counters: Counters): LaunchRecord {
  const columns = SLICE_FIELDS.map(field => [field, [counters[field] ?? null, counters[field] ?? null]])
  const timed = Object.fromEntries(columns) as Slices
  const answered = (counters.requests ?? 0) > 0
  const histogram = createHistogram()
  if (answered) for (let µs = 1; µs <= 1_000; µs++) record(histogram, µs)
  const capture = (figures: Record<string, number>) => ({ slices: timed, figures })
  return {
    variant: 'a',
    boot: 100,
    versions: {},
    warmup: { settled: true, slices: timed },
    timed,
    latency: [encodeHistogram(histogram)],
    captures: answered ? { 'event-loop': capture({ p99: 3e6 }), heap: capture({ live: 8e6 }) } : {},
    memory: { resident: answered ? 50e6 : null, heapUsed: null },
    capacity: { rate: answered ? 1_200 : null, trials: [] },
  }
}
