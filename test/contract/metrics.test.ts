import { describe, expect, it } from 'vitest'
import { loadCapabilities } from '../../harness/capabilities.ts'
import type { ColumnName } from '../../harness/model/columns.ts'
import type { Sample } from '../../harness/model/evidence.ts'
import { encoded } from '../analyze/records.ts'

const { metrics } = await loadCapabilities()

/** Two slices of 100 requests; every counter is given per slice. */
function sample(counters: Partial<Record<ColumnName, number | null>>): Sample {
  const columns = Object.fromEntries(Object.entries(counters).map(([name, value]) => [name, [value, value]]))
  const requests = counters.requests ?? 0
  return {
    subject: 'a',
    round: 1,
    window: { duration: 100 },
    columns,
    histograms: { latency: [encoded(requests > 0 ? Array.from({ length: 1000 }, (_, i) => i + 1) : [])] },
    collected:
      requests > 0
        ? {
            'event-loop': { slices: columns, figures: { p99: 3e6 } },
            heap: { slices: columns, figures: { live: 8e6 } },
          }
        : {},
    memory: { resident: requests > 0 ? 50e6 : null, heapUsed: null },
    capacity: { rate: requests > 0 ? 1_200 : null, trials: [] },
  }
}

const FULL = sample({
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
    for (const empty of [sample({}), sample({ requests: 0, wall: 0, loopActive: 0, loopIdle: 0 })]) {
      const value = metric.measure(empty)
      if (metric.id === 'errors') continue
      expect(Array.isArray(value) ? value.every(one => one === null) : value === null).toBe(true)
    }
  })
})
