/** Results of other load engines: real output where the engine could be run, and else what its documentation shows. */
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { describe, expect, it, onTestFinished, test } from 'vitest'
import { compareForeign, type ForeignRun, readForeign } from '../../harness/foreign/index.ts'

const ROOT = join(import.meta.dirname, '../..')

const real = (name: string) => readFileSync(join(import.meta.dirname, 'results', name), 'utf8')

describe('real output', () => {
  it.each<[string, Partial<ForeignRun>]>([
    ['h2load.tsv', { engine: 'h2load', requests: 300, errors: 0, resolution: 1 }],
    ['hey.csv', { engine: 'hey', requests: 300, errors: 0, resolution: 100 }],
    [
      'hey.txt',
      {
        engine: 'hey',
        requests: 300,
        errors: 0,
        throughput: 27628.1712,
        latency: { 50: 100, 90: 300, 99: 700 },
      },
    ],
    [
      'wrk.txt',
      {
        engine: 'wrk',
        requests: 35_876,
        errors: 0,
        throughput: 35866.67,
        latency: { 50: 94, 90: 443, 99: 2_920 },
      },
    ],
    ['k6-points.ndjson', { engine: 'k6', requests: 10, errors: 1, resolution: 1 }],
    ['k6.csv', { engine: 'k6', requests: 10, errors: 1, throughput: null }],
    ['k6-summary.json', { engine: 'k6', requests: 10, errors: 1, throughput: 500.83649711748564 }],
    [
      'k6-listed.json',
      { engine: 'k6', requests: 10, errors: 1, latency: { 50: 177.163, 90: 2911.6079999999993 } },
    ],
    ['wrk-lua.txt', { engine: 'wrk', requests: 49_950, throughput: 45403.31, latency: {} }],
    [
      'artillery-report.json',
      {
        engine: 'Artillery',
        requests: 120,
        errors: 0,
        resolution: 1_000,
        latency: { 50: 0, 90: 1_000, 99: 10_100, 99.9: 15_000 },
      },
    ],
  ])('of %s', (name, expected) => {
    expect(readForeign(real(name))).toMatchObject(expected)
  })

  it('has the percentiles and the rate of its rows', () => {
    const run = readForeign(real('h2load.tsv'))!
    const rows = real('h2load.tsv')
      .trim()
      .split('\n')
      .map(line => line.split('\t').map(Number) as [number, number, number])
    const sorted = rows.map(([, , time]) => time).sort((a, b) => a - b)
    expect(run.latency).toEqual({ 50: sorted[149], 90: sorted[269], 99: sorted[296], 99.9: sorted[299] })
    const span =
      Math.max(...rows.map(([began, , time]) => began + time)) - Math.min(...rows.map(([began]) => began))
    expect(run.throughput).toBeCloseTo(300e6 / span)
  })
})

const lines = (...rows: object[]) => rows.map(row => JSON.stringify(row)).join('\n')

test.each<[string, string, Partial<ForeignRun>]>([
  [
    'a summary of k6',
    JSON.stringify({
      metrics: {
        http_req_duration: { avg: 2, med: 1.5, 'p(90)': 3, 'p(99)': 9, max: 12 },
        http_reqs: { count: 1_000, rate: 99.5 },
        http_req_failed: { passes: 4, fails: 996, value: 0.004 },
      },
    }),
    {
      engine: 'k6',
      requests: 1_000,
      errors: 4,
      throughput: 99.5,
      latency: { 50: 1_500, 90: 3_000, 99: 9_000 },
    },
  ],
  [
    'lines of k6',
    lines(
      { metric: 'http_req_duration', type: 'Metric', data: { name: 'http_req_duration' } },
      {
        metric: 'http_req_duration',
        type: 'Point',
        data: { time: '2026-01-01T00:00:00.010Z', value: 10, tags: { status: '200' } },
      },
      { metric: 'vus', type: 'Point', data: { time: '2026-01-01T00:00:00.010Z', value: 1, tags: {} } },
      {
        metric: 'http_req_duration',
        type: 'Point',
        data: { time: '2026-01-01T00:00:00.020Z', value: 4, tags: { status: '503' } },
      },
    ),
    {
      engine: 'k6',
      requests: 2,
      errors: 1,
      throughput: 100,
      latency: { 50: 4_000, 90: 10_000, 99: 10_000, 99.9: 10_000 },
    },
  ],
  [
    'rows of k6',
    'metric_name,timestamp,metric_value,check,error,expected_response,status\nhttp_reqs,1,1,,,true,200\nhttp_req_duration,1,2.5,,,true,200\nhttp_req_duration,1,3.5,,,false,500\n',
    { engine: 'k6', requests: 2, errors: 1, throughput: null },
  ],
  [
    'rows of vegeta',
    '1767225600000000000,200,1500000,0,2,,\n1767225600001000000,500,2500000,0,2,,\n',
    {
      engine: 'vegeta',
      requests: 2,
      errors: 1,
      omits: false,
      latency: { 50: 1_500, 90: 2_500, 99: 2_500, 99.9: 2_500 },
    },
  ],
  [
    'lines of vegeta',
    lines(
      { attack: '', seq: 0, code: 200, timestamp: '2026-01-01T00:00:00Z', latency: 2_000_000, error: '' },
      { attack: '', seq: 1, code: 0, timestamp: '2026-01-01T00:00:01Z', latency: 1_000_000, error: 'EOF' },
    ),
    { engine: 'vegeta', requests: 2, errors: 1 },
  ],
  [
    'a report of vegeta',
    JSON.stringify({
      latencies: { '50th': 1e6, '90th': 2e6, '99th': 3e6 },
      requests: 200,
      throughput: 50,
      success: 0.99,
    }),
    {
      engine: 'vegeta',
      requests: 200,
      errors: 2,
      throughput: 50,
      latency: { 50: 1_000, 90: 2_000, 99: 3_000 },
    },
  ],
  [
    'oha',
    JSON.stringify({
      summary: { requestsPerSec: 1234.5 },
      latencyPercentiles: { p50: 0.001, p90: 0.002, p99: 0.004, 'p99.9': null },
      statusCodeDistribution: { '200': 98, '404': 1 },
      errorDistribution: { 'connection closed': 1 },
    }),
    { engine: 'oha', requests: 100, errors: 2, latency: { 50: 1_000, 90: 2_000, 99: 4_000 } },
  ],
])('%s', (_, text, expected) => {
  expect(readForeign(text)).toMatchObject(expected)
})

test.each([
  ['', undefined],
  ['{"schema":"flamegate/record/1"}', undefined],
  ['metrics', undefined],
  ['{"metrics":', undefined],
])('%j is none of them', (text, expected) => {
  expect(readForeign(text)).toBe(expected)
})

test.each([
  ['metric_name,timestamp,metric_value,check\n', 'looks like output of k6, but it has no requests'],
  ['response-time,DNS+dialup,status-code,offset\n0.1,0\n', 'looks like output of hey'],
  ['{"attack":"","code":200', 'JSON'],
])('%j is damaged', (text, said) => {
  expect(() => readForeign(text)).toThrow(said)
})

it('reads 100 MB in the memory of a small machine', { timeout: 60_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'foreign-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const row = '1790000000000000\t200\t1000\n'
  const place = join(folder, 'h2load.tsv')
  for (let bytes = 0; bytes < 100e6; bytes += 1e5 * row.length) appendFileSync(place, row.repeat(1e5))
  const flags = ['--max-old-space-size=400', 'harness/bin.js', 'compare', place, place, '--json']
  const { stdout, exitCode } = await execa(process.execPath, flags, { cwd: ROOT, reject: false })
  expect(exitCode).toBe(0)
  const { before } = JSON.parse(stdout)
  expect(before[0]).toMatchObject({
    engine: 'h2load',
    requests: statSync(place).size / row.length,
    latency: { 50: 1_000 },
  })
})

const runs = (...medians: number[]): ForeignRun[] =>
  medians.map(median => ({
    engine: 'oha',
    requests: 1_000,
    errors: 0,
    throughput: 1e6 / median,
    latency: { 50: median, 99: 4 * median },
    resolution: 1,
    omits: true,
  }))

describe('a comparison', () => {
  it('has intervals from several runs of each side, and rows that add up', () => {
    const { rows, notes } = compareForeign(runs(100, 102, 98), runs(121, 119, 120))
    const p50 = rows.find(({ title }) => title === 'Latency p50')!
    expect(p50.change.estimate).toBeCloseTo(0.2, 2)
    expect(p50.change.low).toBeGreaterThan(0.14)
    expect(p50.change.high).toBeLessThan(0.26)
    for (const { before, after, change } of rows.filter(({ unit }) => unit !== 'count'))
      expect(after / before).toBeCloseTo(1 + change.estimate, 9)
    expect(rows.map(({ title }) => title)).toEqual(['Throughput', 'Latency p50', 'Latency p99', 'Errors'])
    expect(notes.join(' ')).toMatch(/3 runs before, 3 after/)
    expect(notes.join(' ')).toMatch(/coordinated omission/)
  })

  it('has none from one run, and says so', () => {
    const { rows, notes } = compareForeign(runs(100), runs(120, 121))
    expect(rows[1]!.change).toEqual({ estimate: expect.closeTo(0.205, 2) })
    expect(notes.join(' ')).toMatch(/No interval can be given/)
  })

  it('says that a clock is coarse, and that engines differ', () => {
    const [first] = runs(1_000)
    const other: ForeignRun = { ...first!, engine: 'Artillery', resolution: 1_000 }
    const { notes } = compareForeign([first!], [other])
    expect(notes.join(' ')).toMatch(/engines differ \(oha, Artillery\)/)
    expect(notes.join(' ')).toMatch(/Latencies of Artillery have steps of 1\.00 ms/)
  })
})
