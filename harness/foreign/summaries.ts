/** Engines that say only how all requests were together: as text, or as JSON. */
import { z } from 'zod'
import { type ForeignRun, linesOf, PERCENTILES, type Percentile, runOf, type Single } from './run.ts'

/** `94.00us`, `2.92ms`, `1.10s` → µs */
function microseconds(text: string): number {
  const [, value, unit = ''] = /^([\d.]+)(us|µs|ms|s|m)$/.exec(text.trim()) ?? []
  const scale = { us: 1, µs: 1, ms: 1e3, s: 1e6, m: 6e7 }[unit]
  return scale === undefined ? Number.NaN : Number(value) * scale
}

const isPercentile = (percent: number): percent is Percentile => PERCENTILES.some(one => one === percent)

/** Only percentiles that are compared, and only those that are known. */
const latencies = (pairs: (readonly [number, number])[]): ForeignRun['latency'] =>
  Object.fromEntries(pairs.filter(([percent, time]) => isPercentile(percent) && Number.isFinite(time)))

/** wrk `--latency`: a table of percentiles. */
export function readWrk(text: string): ForeignRun | undefined {
  const requests = /^\s*(\d+) requests in /m.exec(text)?.[1]
  const throughput = /^Requests\/sec:\s+([\d.]+)/m.exec(text)?.[1]
  if (!/^Running \S+ test @ /m.test(text) || requests === undefined || throughput === undefined)
    return undefined
  const wrong = /Non-2xx or 3xx responses: (\d+)/.exec(text)?.[1]
  const lost = [...(/Socket errors: (.*)/.exec(text)?.[1] ?? '').matchAll(/\d+/g)].map(([count]) =>
    Number(count),
  )
  const table = [...text.matchAll(/^\s+([\d.]+)%\s+(\S+)$/gm)]
  return {
    engine: 'wrk',
    requests: Number(requests),
    errors: Number(wrong ?? 0) + lost.reduce((sum, count) => sum + count, 0),
    throughput: Number(throughput),
    latency: latencies(table.map(([, percent, time]) => [Number(percent), microseconds(time!)])),
    resolution: 10,
    omits: true,
  }
}

/** hey without `-o`: seconds with four digits. */
export function readHeyText(text: string): ForeignRun | undefined {
  const throughput = /^\s+Requests\/sec:\s+([\d.]+)/m.exec(text)?.[1]
  if (!/^Summary:/m.test(text) || throughput === undefined || !/^Latency distribution:/m.test(text))
    return undefined
  const statuses = [...text.matchAll(/^\s+\[(\d+)\]\s+(\d+) responses/gm)].map(([, status, count]) => ({
    isError: Number(status) >= 400,
    count: Number(count),
  }))
  const table = [...text.matchAll(/^\s+([\d.]+)% in ([\d.]+) secs/gm)]
  return {
    engine: 'hey',
    requests: statuses.reduce((sum, { count }) => sum + count, 0),
    errors: statuses.reduce((sum, { isError, count }) => sum + (isError ? count : 0), 0),
    throughput: Number(throughput),
    latency: latencies(table.map(([, percent, time]) => [Number(percent), Number(time) * 1e6])),
    resolution: 100,
    omits: true,
  }
}

const autocannon = z.object({
  latency: z.object({ p50: z.number(), p90: z.number(), p99: z.number(), p99_9: z.number().optional() }),
  requests: z.object({ average: z.number(), total: z.number() }),
  errors: z.number(),
  non2xx: z.number(),
})

const k6 = z.object({
  metrics: z.object({
    http_req_duration: z.record(z.string(), z.unknown()),
    http_reqs: z.object({ count: z.number(), rate: z.number() }),
    http_req_failed: z.object({ passes: z.number().optional() }).loose().optional(),
  }),
})

/** With `--new-machine-readable-summary`. */
const k6Listed = z.object({
  config: z.object({ duration: z.number() }),
  results: z.object({
    metrics: z.array(z.object({ name: z.string(), values: z.record(z.string(), z.number().nullable()) })),
  }),
})

function k6Run(
  duration: Record<string, unknown>,
  requests: number,
  throughput: number,
  errors = 0,
): ForeignRun {
  const at = (...names: string[]) => {
    const time = names.map(name => duration[name]).find(one => typeof one === 'number')
    return time === undefined ? Number.NaN : time * 1e3
  }
  return {
    ...{ engine: 'k6', requests, errors, throughput, resolution: 1, omits: true },
    latency: latencies([
      [50, at('med', 'p(50)')],
      [90, at('p(90)', 'p90')],
      [99, at('p(99)')],
      [99.9, at('p(99.9)')],
    ]),
  }
}

const artillery = z.object({
  aggregate: z.object({
    counters: z.record(z.string(), z.number()),
    summaries: z.object({ 'http.response_time': z.record(z.string(), z.number()) }),
    firstMetricAt: z.number(),
    lastMetricAt: z.number(),
  }),
})

const oha = z.object({
  summary: z.object({ requestsPerSec: z.number() }),
  latencyPercentiles: z.record(z.string(), z.number().nullable()),
  statusCodeDistribution: z.record(z.string(), z.number()),
  errorDistribution: z.record(z.string(), z.number()).default({}),
})

const vegeta = z.object({
  latencies: z.object({ '50th': z.number(), '90th': z.number(), '99th': z.number() }),
  requests: z.number(),
  throughput: z.number(),
  success: z.number(),
})

const SUMMARIES: ((raw: unknown) => ForeignRun | undefined)[] = [
  raw => {
    const { data } = autocannon.safeParse(raw)
    if (!data) return undefined
    const { p50, p90, p99, p99_9: p999 = Number.NaN } = data.latency
    return {
      engine: 'autocannon',
      requests: data.requests.total,
      errors: data.errors + data.non2xx,
      throughput: data.requests.average,
      latency: latencies([
        [50, p50 * 1e3],
        [90, p90 * 1e3],
        [99, p99 * 1e3],
        [99.9, p999 * 1e3],
      ]),
      resolution: 1_000,
      omits: true,
    }
  },
  raw => {
    const { data } = k6.safeParse(raw)
    if (!data) return undefined
    const { http_req_duration: duration, http_reqs: all, http_req_failed: failed } = data.metrics
    return k6Run(duration, all.count, all.rate, failed?.passes)
  },
  raw => {
    const { data } = k6Listed.safeParse(raw)
    if (!data) return undefined
    const values = (name: string) => data.results.metrics.find(metric => metric.name === name)?.values ?? {}
    const requests = values('http_reqs').count ?? 0
    const failed = values('http_req_failed').matches ?? 0
    return k6Run(values('http_req_duration'), requests, requests / data.config.duration, failed)
  },
  raw => {
    const { data } = artillery.safeParse(raw)
    if (!data) return undefined
    const { counters, summaries, firstMetricAt, lastMetricAt } = data.aggregate
    const time = summaries['http.response_time']
    const counted = (isIt: (name: string) => boolean) =>
      Object.entries(counters).reduce((sum, [name, count]) => sum + (isIt(name) ? count : 0), 0)
    const requests = counters['http.requests'] ?? 0
    return {
      engine: 'Artillery',
      requests,
      errors: counted(name => /^(?:http\.codes\.[45]\d\d|errors\.)/.test(name)),
      throughput: lastMetricAt > firstMetricAt ? (requests * 1e3) / (lastMetricAt - firstMetricAt) : null,
      latency: latencies([
        [50, (time.p50 ?? Number.NaN) * 1e3],
        [90, (time.p90 ?? Number.NaN) * 1e3],
        [99, (time.p99 ?? Number.NaN) * 1e3],
        [99.9, (time.p999 ?? Number.NaN) * 1e3],
      ]),
      resolution: 1_000,
      omits: true,
    }
  },
  raw => {
    const { data } = oha.safeParse(raw)
    if (!data) return undefined
    const statuses = Object.entries(data.statusCodeDistribution)
    const sumOf = (counts: number[]) => counts.reduce((sum, count) => sum + count, 0)
    const lost = sumOf(Object.values(data.errorDistribution))
    return {
      engine: 'oha',
      requests: sumOf(statuses.map(([, count]) => count)) + lost,
      errors: sumOf(statuses.filter(([status]) => Number(status) >= 400).map(([, count]) => count)) + lost,
      throughput: data.summary.requestsPerSec,
      latency: latencies(
        Object.entries(data.latencyPercentiles).map(([name, seconds]) => [
          Number(name.replace(/^p/, '')),
          (seconds ?? Number.NaN) * 1e6,
        ]),
      ),
      resolution: 1,
      omits: true,
    }
  },
  raw => {
    const { data } = vegeta.safeParse(raw)
    if (!data) return undefined
    const { '50th': p50, '90th': p90, '99th': p99 } = data.latencies
    return {
      engine: 'vegeta',
      requests: data.requests,
      errors: Math.round((1 - data.success) * data.requests),
      throughput: data.throughput,
      latency: latencies([
        [50, p50 / 1e3],
        [90, p90 / 1e3],
        [99, p99 / 1e3],
      ]),
      resolution: 1,
      omits: false,
    }
  },
]

export const readSummary = (raw: unknown): ForeignRun | undefined =>
  SUMMARIES.map(read => read(raw)).find(run => run !== undefined)

const k6Point = z.object({
  metric: z.string(),
  data: z.object({
    time: z.string(),
    value: z.number(),
    tags: z.object({ status: z.string(), expected_response: z.string() }).partial().default({}),
  }),
})
const vegetaHit = z.object({
  code: z.number(),
  timestamp: z.string(),
  latency: z.number(),
  error: z.string().default(''),
})

/** JSON with a line for each request: k6 `--out json`, vegeta `encode --to json`. */
export function readLines(text: string): ForeignRun | undefined {
  const isK6 = /^\{"(?:metric|type)":/.test(text)
  const isVegeta = /^\{"attack":/.test(text)
  if (!isK6 && !isVegeta) return undefined
  const lines = linesOf(text).map((line): unknown => JSON.parse(line))
  return isVegeta
    ? runOf('vegeta', lines.map(vegetaSingle), { resolution: 1, omits: false })
    : runOf('k6', lines.flatMap(k6Singles), { resolution: 1, omits: true })
}

function vegetaSingle(line: unknown): Single {
  const { code, timestamp, latency, error } = vegetaHit.parse(line)
  return {
    latency: latency / 1e3,
    isError: error !== '' || code < 100 || code >= 400,
    began: Date.parse(timestamp) * 1e3,
  }
}

/** None for a point of another metric. */
function k6Singles(line: unknown): Single[] {
  const { data: point } = k6Point.safeParse(line)
  if (point?.metric !== 'http_req_duration') return []
  const { value, tags, time } = point.data
  const isError = tags.expected_response === 'false' || Number(tags.status ?? 200) >= 400
  // Points are noted when the answer is there.
  return [{ latency: value * 1e3, isError, began: Date.parse(time) * 1e3 - value * 1e3 }]
}
