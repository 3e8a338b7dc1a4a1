import { expect, test } from 'vitest'
import { loadCapabilities } from '../../harness/capabilities.ts'
import { sampleWith } from '../../harness/contract/index.ts'

const { metrics } = await loadCapabilities()

/** Two slices of 100 requests; every counter is that of one slice. */
const SAMPLE = sampleWith({
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

const VALUES: Record<string, number | number[]> = {
  'cpu.perRequest': [30, 30],
  'cpu.mainThread': [25, 25],
  'cpu.allSlices': 30,
  throughput: [25_000, 25_000],
  capacity: 1_200,
  'latency.p50': 500,
  'latency.p90': 900,
  'latency.p99': 990,
  'latency.p999': 999,
  'firstByte.p50': 500,
  'firstByte.p99': 990,
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

test.each(Object.entries(VALUES))('%s of known counters is %j', (id, value) => {
  expect(metrics.find(metric => metric.id === id)!.measure(SAMPLE)).toEqual(value)
})
