import { describe, expect, it } from 'vitest'
import { loadCapabilities } from '../../harness/capabilities.ts'
import type { LaunchRecord, Slices } from '../../harness/model/launch.ts'
import type { SliceField } from '../../harness/model/record.ts'
import { SLICE_FIELDS } from '../../harness/model/record.ts'
import { createHistogram, encodeHistogram, record } from '../../harness/stats/histogram.ts'

const { metrics } = await loadCapabilities()

/** Two slices of 100 requests; every counter is given per slice. */
function launch(counters: Partial<Record<SliceField, number | null>>): LaunchRecord {
  const timed = Object.fromEntries(
    SLICE_FIELDS.map(field => [field, [counters[field] ?? null, counters[field] ?? null]]),
  ) as Slices
  const histogram = createHistogram()
  for (let µs = 1; µs <= 1000; µs++) record(histogram, µs)
  const requests = counters.requests ?? 0
  return {
    variant: 'a',
    boot: 100,
    versions: {},
    warmup: { settled: true, slices: timed },
    timed,
    latency: [encodeHistogram(requests > 0 ? histogram : createHistogram())],
    captures:
      requests > 0
        ? {
            'event-loop': { slices: timed, figures: { p99: 3e6 } },
            heap: { slices: timed, figures: { live: 8e6 } },
          }
        : {},
    memory: { resident: requests > 0 ? 50e6 : null, heapUsed: null },
    capacity: { rate: requests > 0 ? 1_200 : null, trials: [] },
  }
}

const FULL = launch({
  requests: 100,
  errors: 0,
  unexpected: 1,
  bytes: 25_000,
  wall: 4e6,
  cpu: 3e6,
  mainCpu: 2.5e6,
  allocated: 500_000,
  gcCount: 2,
  gcPause: 1e6,
  loopActive: 3e6,
  loopIdle: 1e6,
})

const EXPECTED: Record<string, number | number[]> = {
  'cpu.perRequest': [30, 30],
  'cpu.mainThread': [25, 25],
  'cpu.allSlices': 30,
  throughput: [25_000, 25_000],
  capacity: 1_200,
  'latency.p50': 500,
  'latency.p90': 900,
  'latency.p99': 990,
  'latency.p999': 999,
  'memory.allocated': 5_000,
  'memory.resident': 50e6,
  'memory.live': 8e6,
  'gc.pauses': 20,
  'gc.pauseTime': 10,
  'eventLoop.utilization': 0.75,
  'eventLoop.delayP99': 3,
  errors: 2,
  'response.bytes': 250,
}

describe('the metrics', () => {
  it('have ids and places of their own', () => {
    expect(new Set(metrics.map(({ id }) => id)).size).toBe(metrics.length)
    expect(new Set(metrics.map(({ order }) => order)).size).toBe(metrics.length)
  })

  it('are all expected here', () => {
    expect(metrics.map(({ id }) => id).toSorted()).toEqual(Object.keys(EXPECTED).toSorted())
  })
})

describe.each(metrics)('metric $id', metric => {
  it('is right for known counters', () => {
    expect(metric.measure(FULL)).toEqual(EXPECTED[metric.id])
  })

  it('is absent, not zero, without counters or requests', () => {
    for (const empty of [launch({}), launch({ requests: 0, wall: 0, loopActive: 0, loopIdle: 0 })]) {
      const value = metric.measure(empty)
      if (metric.id === 'errors') continue
      expect(Array.isArray(value) ? value.every(one => one === null) : value === null).toBe(true)
    }
  })
})
