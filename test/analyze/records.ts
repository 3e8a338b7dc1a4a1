import { analyze } from '../../harness/analyze/index.ts'
import { loadCapabilities } from '../../harness/capabilities.ts'
import { evidenceOfRun } from '../../harness/evidence/index.ts'
import type { ColumnName } from '../../harness/model/columns.ts'
import type { Evidence } from '../../harness/model/evidence.ts'
import type { LaunchRecord, Slices } from '../../harness/model/launch.ts'
import type { Metric } from '../../harness/model/metric.ts'
import { type Environment, RECORD_SCHEMA, type RunRecord } from '../../harness/model/record.ts'
import type { Analysis } from '../../harness/model/report.ts'
import { createHistogram, encodeHistogram, record } from '../../harness/stats/histogram.ts'

/** Columns by their names; a column that is not given was not measured. */
export const slices = (columns: Partial<Record<ColumnName, (number | null)[]>>): Slices => columns as Slices

/** Three quiet slices of 100 requests, 1 ms each, at 5 µs of CPU a request. */
export const QUIET = {
  requests: [100, 100, 100],
  errors: [0, 0, 0],
  unexpected: [0, 0, 0],
  bytes: [20_000, 20_000, 20_000],
  wall: [1e6, 1e6, 1e6],
  cpu: [500_000, 500_003, 499_999],
  mainCpu: [900_000, 900_000, 900_000],
  runDelay: [1_000, 1_000, 1_000],
  loaderCpu: [300_000, 300_000, 300_000],
  loaderUtilization: [0.3, 0.3, 0.3],
}

export function launch(variant: string, given: Partial<LaunchRecord> = {}): LaunchRecord {
  return {
    variant,
    boot: 100,
    versions: { node: '26.10.0', v8: '14.2' },
    warmup: { settled: true, slices: slices({}) },
    timed: slices(QUIET),
    histograms: { latency: [] },
    collected: {},
    memory: { resident: null, heapUsed: null },
    ...given,
  }
}

/** A launch with some columns of its timed slices replaced. */
export const timed = (variant: string, columns: Parameters<typeof slices>[0]): LaunchRecord =>
  launch(variant, { timed: slices({ ...QUIET, ...columns }) })

/** Rounds of these launches, numbered from 1. */
export function run(rounds: LaunchRecord[][], given: Partial<RunRecord> = {}): RunRecord {
  return {
    schema: RECORD_SCHEMA,
    id: 'run',
    plan,
    environment,
    startedAt: '2026-05-04T09:12:33.000Z',
    duration: 5_000 * rounds.length,
    ending: 'complete',
    rounds: rounds.map((launches, i) => ({ index: i + 1, startedAt: '', duration: 5_000, launches })),
    findings: [],
    ...given,
  }
}

/** The evidence of such a run. */
export const evidence = (...given: Parameters<typeof run>): Evidence => evidenceOfRun(run(...given))

/** What a run's profiles say, with the lines that its record holds. */
export function profileChanges(
  measured: RunRecord,
): Pick<Analysis, 'frames' | 'flames' | 'budgets' | 'culprits' | 'owners'> {
  const { frames, flames, budgets, culprits, owners } = analyze(evidenceOfRun(measured), [])
  return { frames, flames, budgets, culprits, owners }
}

const variant = (id: string, label: string) => ({
  id,
  label,
  command: ['/opt/node', '/srv/app/server.js'],
  directory: '/srv/app',
  environment: {},
  node: '/opt/node',
})

export const plan: RunRecord['plan'] = {
  scenario: 'checkout',
  description: '',
  file: '/srv/scenarios/checkout.ts',
  fingerprint: '0123456789abcdef',
  variants: [variant('before', 'Before'), variant('after', 'After')],
  baseline: 'before',
  target: { name: 'app', ready: '/', timeout: 1_000, gracefulShutdown: 1_000 },
  load: {
    engine: 'closed',
    steps: [{ name: 'GET /', method: 'GET', path: '/' }],
    connections: 10,
    pipelining: 1,
  },
  sameAnswers: true,
  collectors: [],
  gates: [],
  warmup: { requests: 1_000, timeout: 1_000 },
  timing: { slice: 25, timed: 1_000, profiled: 400 },
  rounds: { min: 4, max: 24 },
  maxTime: 60_000,
  quick: false,
  pinning: { target: [0], loader: [1] },
  seed: 1,
  output: '/srv/.bench/checkout',
  repeat: 'npm run bench checkout',
}

export const environment: Environment = {
  flamegate: '0.1.0',
  node: 'v26.10.0',
  v8: '14.2',
  platform: 'linux',
  arch: 'x64',
  kernel: '6.8.0',
  cpuModel: 'AMD EPYC 9B14',
  cores: 2,
  memory: 8e9,
  load: 0.1,
  governor: null,
  ci: null,
  commit: null,
}

const { metrics } = await loadCapabilities()

/** The product's own metrics, by their ids. */
export const metricsOf = (...ids: string[]): Metric[] =>
  ids.map(id => metrics.find(metric => metric.id === id)!)

export function encoded(latencies: number[]): string {
  const histogram = createHistogram()
  for (const latency of latencies) record(histogram, latency)
  return encodeHistogram(histogram)
}
