/** A small record, complete in every part. */
import { COLUMNS } from '../../harness/model/columns.ts'
import type { Slices } from '../../harness/model/launch.ts'
import { RECORD_SCHEMA, type RunRecord } from '../../harness/model/record.ts'
import { createHistogram, encodeHistogram } from '../../harness/stats/histogram.ts'

const slices = (length: number): Slices =>
  Object.fromEntries(Object.keys(COLUMNS).map(name => [name, new Array(length).fill(1)]))

const launch = (variant: string): RunRecord['rounds'][0]['launches'][0] => ({
  variant,
  boot: 120,
  versions: { node: '26.10.0' },
  warmup: { settled: true, slices: slices(3) },
  timed: { ...slices(4), allocated: [null, null, null, null] },
  histograms: { latency: [encodeHistogram(createHistogram())] },
  collected: { cpu: { slices: slices(2), profile: 'H4sI', figures: { interval: 1_000 } } },
  memory: { resident: 50_000_000, heapUsed: null },
})

export const sampleRecord = (): RunRecord => ({
  schema: RECORD_SCHEMA,
  id: '2026-07-01T12-30-05-abcdef',
  plan: {
    scenario: 'demo',
    description: '',
    file: '/app/scenarios/demo.ts',
    fingerprint: 'f'.repeat(64),
    variants: ['a', 'b'].map(id => ({
      id,
      label: id,
      command: ['/node', 'server.js'],
      directory: '/app',
      environment: { KIND: id },
      node: '/node',
    })),
    baseline: 'a',
    target: { name: 'greeter', ready: '/', timeout: 10_000, gracefulShutdown: 1_000 },
    load: {
      engine: 'closed',
      steps: [{ name: 'GET /', method: 'GET', path: '/' }],
      connections: 10,
      pipelining: 1,
    },
    sameAnswers: true,
    collectors: ['cpu'],
    gates: [{ metric: 'cpu.perRequest', margin: 0.02, level: 'error' }],
    warmup: { requests: 8_000, timeout: 8_000 },
    timing: { slice: 25, timed: 1_200, profiled: 400 },
    rounds: { min: 4, max: 24 },
    maxTime: 60_000,
    quick: false,
    pinning: { target: [0], loader: [1] },
    seed: 7,
    output: '/app/.bench/demo/2026-07-01T12-30-05-abcdef',
    repeat: 'npx flamegate demo --seed 7',
  },
  environment: {
    flamegate: '0.1.0',
    node: '26.10.0',
    v8: '14.0',
    platform: 'linux',
    arch: 'x64',
    kernel: '6.1',
    cpuModel: 'cpu',
    cores: 2,
    memory: 8e9,
    load: 0.5,
    governor: null,
    ci: null,
    commit: null,
  },
  startedAt: '2026-07-01T12:30:05.000Z',
  duration: 5_000,
  ending: 'complete',
  rounds: [
    {
      index: 0,
      startedAt: '2026-07-01T12:30:05.000Z',
      duration: 5_000,
      launches: [launch('a'), launch('b')],
    },
  ],
  findings: [{ code: 'few-rounds', severity: 'warning', message: 'One round says little.' }],
})
