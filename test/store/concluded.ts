/** What the version that wrote the kept records concluded from each of them. */
import type { Status } from '../../harness/model/comparison.ts'

interface Concluded {
  verdict: Status
  gates: Record<string, Status>
  /** Estimates of some metrics, as fractions; `null` where there was none. */
  changes: Record<string, number | null>
}

export const CONCLUDED: Record<string, Concluded> = {
  capacity: {
    verdict: 'inconclusive',
    gates: { 'extra capacity': 'inconclusive' },
    changes: { 'extra capacity': -0.383523 },
  },
  compared: {
    verdict: 'inconclusive',
    gates: {},
    changes: {
      'after cpu.perRequest': 0.68192,
      'after throughput': -0.406349,
      'after latency.p99': 0.377425,
      'after memory.allocated': 0.406716,
    },
  },
  errors: {
    verdict: 'inconclusive',
    gates: { 'failing errors': 'fine', 'failing cpu.perRequest': 'inconclusive' },
    changes: {
      'failing cpu.perRequest': 0.007661,
      'failing throughput': -0.018244,
      'failing latency.p99': 0.249714,
      'failing memory.allocated': 0.009093,
    },
  },
  git: {
    verdict: 'inconclusive',
    gates: { 'current cpu.perRequest': 'inconclusive', 'current errors': 'fine' },
    changes: {
      'current cpu.perRequest': 0.586425,
      'current throughput': -0.368634,
      'current latency.p99': 0.549561,
      'current memory.allocated': -0.110029,
    },
  },
  improved: {
    // It was fine when no run had a word for an improvement. Its four rounds are too few to prove one.
    verdict: 'inconclusive',
    gates: { 'plain cpu.perRequest': 'inconclusive', 'plain errors': 'fine' },
    changes: {
      'plain cpu.perRequest': -0.369694,
      'plain throughput': 0.585321,
      'plain latency.p99': -0.361593,
      'plain memory.allocated': 0.018863,
    },
  },
  inconclusive: {
    verdict: 'fine',
    gates: { 'extra cpu.perRequest': 'fine' },
    changes: {
      'extra cpu.perRequest': 0.001035,
      'extra throughput': 0.018722,
      'extra latency.p99': -0.029203,
      'extra memory.allocated': 0.036672,
    },
  },
  interrupted: {
    verdict: 'not comparable',
    gates: { 'extra cpu.perRequest': 'not comparable', 'extra errors': 'fine' },
    changes: {
      'extra cpu.perRequest': null,
      'extra throughput': null,
      'extra latency.p99': null,
      'extra memory.allocated': null,
    },
  },
  joined: {
    verdict: 'regressed',
    gates: { 'after cpu.perRequest': 'regressed', 'after errors': 'fine' },
    changes: {
      'after cpu.perRequest': 0.68192,
      'after throughput': -0.406349,
      'after latency.p99': 0.377425,
      'after memory.allocated': 0.406716,
    },
  },
  open: {
    verdict: 'not comparable',
    gates: { 'extra latency.p99': 'not comparable' },
    changes: {
      'extra cpu.perRequest': 0.548195,
      'extra throughput': null,
      'extra latency.p99': null,
      'extra memory.allocated': 0.027102,
    },
  },
  phases: {
    verdict: 'not comparable',
    gates: { 'extra latency.p50': 'not comparable' },
    changes: {
      'extra cpu.perRequest': 0.467062,
      'extra throughput': null,
      'extra latency.p99': null,
      'extra memory.allocated': 0.087719,
    },
  },
  python: {
    verdict: 'inconclusive',
    gates: { 'b cpu.perRequest': 'inconclusive', 'b errors': 'fine' },
    changes: { 'b cpu.perRequest': -0.052315, 'b throughput': 7.2e-5, 'b latency.p99': -0.00025 },
  },
  regressed: {
    verdict: 'regressed',
    gates: { 'extra cpu.perRequest': 'regressed', 'extra errors': 'fine' },
    changes: {
      'extra cpu.perRequest': 0.583745,
      'extra throughput': -0.367285,
      'extra latency.p99': 0.505393,
      'extra memory.allocated': -0.109291,
    },
  },
  saved: { verdict: 'inconclusive', gates: {}, changes: {} },
  several: {
    verdict: 'inconclusive',
    gates: {
      'a cpu.perRequest': 'inconclusive',
      'a errors': 'fine',
      'b cpu.perRequest': 'inconclusive',
      'b errors': 'fine',
    },
    changes: {
      'a cpu.perRequest': 0.051979,
      'a throughput': -0.049833,
      'a latency.p99': 0.028862,
      'a memory.allocated': -0.010427,
      'a memory.live': 0.000182,
      'b cpu.perRequest': 0.58419,
      'b throughput': -0.367484,
      'b latency.p99': 0.582996,
      'b memory.allocated': 0.09532,
      'b memory.live': -0.000136,
    },
  },
  unusable: {
    verdict: 'regressed',
    gates: { 'broken cpu.perRequest': 'not comparable', 'broken errors': 'regressed' },
    changes: {
      'broken cpu.perRequest': null,
      'broken throughput': null,
      'broken latency.p99': null,
      'broken memory.allocated': null,
    },
  },
}
