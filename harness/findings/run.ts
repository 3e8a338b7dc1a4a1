/** Findings about one run. */
import type { Entry } from '../model/finding.ts'

export const RUN_FINDINGS = {
  'few-rounds': {
    severity: 'warning',
    advice: 'Leave out `--quick`, give the run more time (`--max-time`) or fix the number (`--rounds`).',
  },
  'not-settled': {
    severity: 'warning',
    advice:
      'Raise `warmup.timeout` and `warmup.requests` of the scenario, or look for what keeps changing in the service.',
  },
  'rounds-left-out': {
    severity: 'warning',
    advice: 'Run again on a quieter machine, or with a longer warm-up.',
  },
  disturbed: {
    severity: 'warning',
    advice: 'Close what else is running, or use a machine of its own. CPU per request suffers least.',
  },
  'loader-saturated': {
    severity: 'error',
    advice:
      'CPU per request is not affected. To compare latency, set a `rate` in the `load` of the scenario; to compare throughput, send requests that take the service more work.',
  },
  'loader-late': {
    severity: 'error',
    advice:
      'CPU per request is not affected. For latency, set a lower `rate` in the `load` of the scenario, close what else is running, or use a machine with more processors.',
  },
  'loader-interrupted': { severity: 'info', advice: 'Rely on lower percentiles, or use a quieter machine.' },
  'shared-processor': {
    severity: 'error',
    advice: 'Let the service stay on the processors that it is given.',
  },
  'rate-chosen': {
    severity: 'info',
    advice: 'To send at another rate, set `rate` in the `load` of the scenario.',
  },
  'rate-not-reached': { severity: 'warning', advice: 'Ask for a lower rate: latency is the queue here.' },
  'arrivals-dropped': { severity: 'warning', advice: 'Raise `inFlight`, or ask for a lower rate.' },
  'few-descriptors': {
    severity: 'warning',
    advice: 'Raise the limit of open files (`ulimit -n`) before the run, or ask for a lower rate.',
  },
  'connections-not-kept': {
    severity: 'info',
    advice:
      'Opening them is part of the cost and the latency of these requests. Look for `connection: close`, `maxRequestsPerSocket` and `keepAliveTimeout` if the service is meant to keep its connections.',
  },
  'requests-resent': {
    severity: 'warning',
    advice:
      'They count as answered, as in a browser. Raise `keepAliveTimeout` if the service closes idle connections so soon; otherwise look for what closes its connections (a crash of a worker, `socket.destroy()`).',
  },
  'closed-loop-stalls': { severity: 'info', advice: "Measure latency in an open loop (`engine: 'open'`)." },
  'target-not-saturated': {
    severity: 'info',
    advice:
      'Throughput says little here; CPU per request and latency still do. More connections would saturate the service.',
  },
  errors: {
    severity: 'error',
    advice:
      "Look into the service's log: requests without an answer are missing from cost, and from latency unless they timed out.",
  },
  'rate-limited': {
    severity: 'error',
    advice:
      'Switch the limiter off for the benchmark, raise its limit or let 127.0.0.1 pass: by an environment variable that the service reads (`environment` of the target), or a header that the steps send.',
  },
  'wrong-profiles': {
    severity: 'error',
    advice:
      'The timed slices before them went well. Look for what the service stops doing after so many requests: a limit, a table or a queue that is full.',
  },
  'unexpected-answers': {
    severity: 'error',
    advice:
      "Check the script's paths, bodies and expectations: an unexpected answer is rarely the work that was meant. Where it is, say so in `expect`.",
  },
  'different-bytes': {
    severity: 'info',
    advice: 'Make sure that the variants are meant to answer differently: more bytes are more work.',
  },
  leak: {
    severity: 'warning',
    advice:
      'Look at the functions that retain, and compare heap snapshots (`--heap-snapshot`). A cache that still fills looks the same: a longer warm-up tells them apart.',
  },
  'heap-partly-seen': {
    severity: 'info',
    advice:
      "Take what functions retain as a lower bound and the sum as the evidence: in optimised code V8's sampler loses sight of part of what survives.",
  },
  'pinning-unavailable': {
    severity: 'warning',
    advice:
      'Use a machine with `taskset` and two processors or more, so that load and service do not share one.',
  },
  'clock-coarse': {
    severity: 'warning',
    advice:
      'Measure on a machine whose kernel counts CPU time in nanoseconds, with the processor’s own counter (`tsc`) as clock source.',
  },
} as const satisfies Record<string, Entry>
