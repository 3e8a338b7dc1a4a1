/** The record under a sample report: eight rounds of a JSON service. */
import { gzipSync } from 'node:zlib'
import type { Slices } from '../../harness/model/launch.ts'
import { RECORD_SCHEMA, type RunRecord, SLICE_FIELDS, type SliceField } from '../../harness/model/record.ts'
import type { SampleVariant } from './sample.ts'

const steps = ['/small', '/list', '/escaped', '/nested'].map(path => ({
  name: `GET ${path}`,
  method: 'GET',
  path,
}))

export function sampleRun(variants: SampleVariant[], rounds: number): RunRecord {
  return {
    schema: RECORD_SCHEMA,
    id: '2026-05-04T09-12-33Z-serializers',
    plan: {
      scenario: 'serializers',
      description: 'Three ways to serialise the same payloads',
      file: '/srv/flamegate/scenarios/serializers.ts',
      fingerprint: '9c1f0e7a',
      variants: variants.map(({ id, label }) => ({
        id,
        label,
        command: ['/usr/local/bin/node', 'server.js'],
        directory: '/srv/flamegate/targets/serializer',
        environment: { SERIALIZER: id },
        node: '/usr/local/bin/node',
      })),
      baseline: variants[0]!.id,
      target: { name: 'serializer', ready: '/', timeout: 10_000, gracefulShutdown: 1_000 },
      load: { engine: 'closed', steps, connections: 10, pipelining: 1 },
      sameAnswers: true,
      collectors: ['cpu', 'allocation'],
      gates: [{ metric: 'cpu.perRequest', margin: 0.02, level: 'error' }],
      warmup: { requests: 8_000, timeout: 8_000 },
      timing: { slice: 30, timed: 2_000, profiled: 1_000 },
      rounds: { min: 4, max: 30 },
      maxTime: 120_000,
      quick: false,
      pinning: { target: [0], loader: [1] },
      seed: 20_260_504,
      output: '/srv/flamegate/.bench/serializers/2026-05-04T09-12-33Z',
      repeat: 'npm run bench serializers -- --rounds 8',
    },
    environment: {
      flamegate: '0.1.0',
      node: 'v26.10.0',
      v8: '14.2.231.17',
      platform: 'linux',
      arch: 'x64',
      kernel: '6.8.0',
      cpuModel: 'AMD EPYC 9B14',
      cores: 2,
      memory: 8_312_324_096,
      load: 0.31,
      governor: null,
      ci: null,
      commit: '4f0c2ab',
    },
    startedAt: '2026-05-04T09:12:33.000Z',
    duration: 48_300,
    ending: 'complete',
    rounds: Array.from({ length: rounds }, (_, index) => ({
      index,
      startedAt: new Date(Date.UTC(2026, 4, 4, 9, 12, 33 + index * 6)).toISOString(),
      duration: 6_030,
      launches: variants.map(variant => launch(variant, index)),
    })),
    findings: [],
  }
}

function launch(variant: SampleVariant, round: number): RunRecord['rounds'][number]['launches'][number] {
  const factor = (1 + variant.change) * (1 + 0.01 * Math.sin(round * 2.1 + variant.id.length))
  return {
    variant: variant.id,
    boot: 143 + round,
    versions: { node: '26.10.0', v8: '14.2.231.17' },
    warmup: { settled: true, slices: slices(WARMING, 180, 400, factor, round) },
    timed: slices(STEADY, 2_200, 640, factor, round),
    latency: steps.map(() => ''),
    captures: {
      cpu: {
        slices: slices(STEADY.slice(0, 12), 4_300, 640, factor * 1.049, round),
        // The report hands a profile on as it is, so that its bytes need no meaning here.
        profile: gzipSync(`cpu profile of ${variant.id}, round ${round}`).toString('base64'),
        figures: { asked: 1_000, delivered: 1_004, samples: 960 },
      },
    },
    memory: { resident: 78_643_200, heapUsed: 22_020_096 },
  }
}

// µs of CPU per request: the compiler is at work until the fourteenth slice.
const WARMING = [129, 104, 71, 52, 50, 50, 49, 41, 37, 36, 35, 33, 33, 33, 30, 29, 28.4, 28.2, 28.3, 28.1]
const STEADY = Array.from({ length: 40 }, (_, i) => 28.2 + 0.6 * Math.sin(i * 1.7))

function slices(curve: number[], start: number, requests: number, factor: number, round: number): Slices {
  const columns = Object.fromEntries(SLICE_FIELDS.map(field => [field, curve.map(() => null)])) as Slices
  curve.forEach((µs, i) => {
    const cpu = Math.round(µs * 1_356 * factor * requests)
    const row: Partial<Record<SliceField, number>> = {
      start: start + i * 52 + (round % 2) * 26,
      requests,
      errors: 0,
      unexpected: 0,
      bytes: requests * 3_120,
      wall: cpu * 0.8,
      cpu,
      mainCpu: cpu * 0.9,
      compilerCpu: µs > 30 ? cpu * 0.2 : 0,
      runDelay: cpu * 0.01 * (1 + ((i + round) % 5)),
      allocated: requests * 18_944,
      gcCount: i % 3 === 0 ? 1 : 0,
      gcPause: i % 3 === 0 ? 410_000 : 0,
      loopActive: cpu * 0.85,
      loopIdle: cpu * 0.05,
      codeSize: Math.min(1_900_000, 1_100_000 + (129 - µs) * 8_000),
      loaderCpu: cpu * 0.4,
      loaderUtilization: 0.46,
    }
    for (const [field, value] of Object.entries(row)) columns[field as SliceField][i] = value
  })
  return columns
}
