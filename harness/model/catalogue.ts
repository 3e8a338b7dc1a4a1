/** Every finding that there is, with how grave it is and what to do about it. Whoever detects one says what was seen. */
import type { Finding } from './finding.ts'
import type { RunRecord } from './record.ts'

type Entry = Pick<Finding, 'severity' | 'advice'>

export const CATALOGUE = {
  // About one run: `findings.ts`.
  'few-rounds': {
    severity: 'warning',
    advice: 'Give the run more time (`--max-time`) or fix the number (`--rounds`).',
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
    advice: 'Use fewer connections or dearer requests, or give the load generator a faster processor.',
  },
  'loader-late': {
    severity: 'error',
    advice: 'Ask for a lower rate, or use a machine with more processors.',
  },
  'loader-interrupted': { severity: 'info', advice: 'Rely on lower percentiles, or use a quieter machine.' },
  'shared-processor': {
    severity: 'error',
    advice: 'Let the service stay on the processors that it is given.',
  },
  'rate-not-reached': { severity: 'warning', advice: 'Ask for a lower rate: latency is the queue here.' },
  'arrivals-dropped': { severity: 'warning', advice: 'Raise `inFlight`, or ask for a lower rate.' },
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
  'unexpected-answers': {
    severity: 'error',
    advice:
      "Check the script's paths, bodies and expectations: an unexpected answer is rarely the work that was meant.",
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

  // Noticed while measuring: `measure/noticed.ts`.
  'chatty-target': {
    severity: 'warning',
    advice: 'Turn its log down, unless writing it is what is measured: the harness reads all of it.',
  },
  'no-agent': {
    severity: 'warning',
    advice:
      'Let it keep NODE_OPTIONS and run on Node 20 or newer; a bundled single executable may be built without support for NODE_OPTIONS.',
  },
  'not-node': {
    severity: 'info',
    advice:
      'The agent needs Node 20 or newer and NODE_OPTIONS; CPU time, latency and sizes are measured without it all the same.',
  },
  'descriptors-grow': {
    severity: 'warning',
    advice: 'Look for connections and files that are never closed: the service will run out of them.',
  },
  'process-left': {
    severity: 'error',
    advice: 'See what they wait for (`ps -o pid,stat,wchan,args`); they disturb what is measured next.',
  },
  'round-lost': {
    severity: 'warning',
    advice: 'The run goes on without it. A variant that fails now and then has a fault worth finding first.',
  },
  'run-failed': {
    severity: 'error',
    advice: 'The rounds before it are kept; `flamegate resume` with the run’s folder continues it.',
  },
  resumed: {
    severity: 'info',
    advice: 'Nothing to do: every round stands on its own.',
  },
  'round-damaged': {
    severity: 'warning',
    advice: 'The others are whole. Look after the disk, or the way that the file has come.',
  },
  'other-run': {
    severity: 'warning',
    advice: 'Run one after the other: `--wait` waits for the other one to end.',
  },
  'left-behind': {
    severity: 'warning',
    advice: 'End them with `flamegate clean`; they disturb what is measured.',
  },

  // About a baseline from git: `baselines/git.ts`.
  'uncommitted-changes': {
    severity: 'info',
    advice: 'Commit them first where a commit is what you want judged.',
  },
  'same-commit': { severity: 'warning', advice: 'Name an older commit: `--baseline git:HEAD^`.' },
  'borrowed-modules': {
    severity: 'warning',
    advice: "Say how a checkout is made runnable: `prepare` of the target, for example ['pnpm', 'install'].",
  },

  // About two runs: `comparability.ts`. An error means that their figures have nothing to do with each other.
  'other-scenario': {
    severity: 'error',
    advice: 'Measure the baseline again with the scenario as it is now.',
  },
  'other-platform': { severity: 'error', advice: 'Measure both sides on machines of one kind.' },
  'other-loader': { severity: 'error', advice: 'Measure both sides with the same load generator.' },
  'other-processor': {
    severity: 'warning',
    advice:
      'Times do not carry over; bytes allocated and response bytes do. Measure both sides on one machine.',
  },
  'other-cores': { severity: 'warning', advice: 'Measure both sides on machines of one size.' },
  'other-kernel': {
    severity: 'info',
    advice: 'Expect small shifts in system time; measure again if they matter.',
  },
  'other-runtime': {
    severity: 'warning',
    advice:
      "The runtime's own changes are part of the result. Pin `node` of both variants to tell them apart.",
  },
  'other-command': {
    severity: 'warning',
    advice:
      'Flags and environment are part of the result. Make them equal, unless they are what is compared.',
  },
  'other-collectors': {
    severity: 'info',
    advice: 'Profiles of one side only have nothing to be compared with.',
  },
  'other-bytes': {
    severity: 'warning',
    advice:
      'The service answers differently than when the baseline was measured: make sure that this is meant.',
  },
  'other-errors': {
    severity: 'warning',
    advice: 'Errors are cheaper than answers. Get rid of them before comparing cost.',
  },
  'not-interleaved': {
    severity: 'warning',
    advice:
      'To decide about time, measure both as variants of one run. Bytes and counts of errors do carry over.',
  },
  yardstick: {
    severity: 'info',
    advice: 'To see smaller changes, measure both in one run: `--baseline git:<ref>`.',
  },
  'no-yardstick': {
    severity: 'warning',
    advice:
      'Measure the baseline again with `--save-baseline` on this machine, or both in one run: `--baseline git:<ref>`.',
  },

  // About two profiles: `profile-findings.ts`.
  'no-intervals': {
    severity: 'warning',
    advice: 'Record six profiles or more of either side, and give the two folders.',
  },
  'other-value-type': {
    severity: 'warning',
    advice: 'Record both sides with the same profiler and the same kind of profile.',
  },
  'other-format': {
    severity: 'info',
    advice: 'Profilers name functions differently: what is only on one side may be under another name.',
  },
  'other-duration': {
    severity: 'warning',
    advice: 'Shares and rates are compared, never sums; a longer profile is also the surer one.',
  },
  'unknown-duration': {
    severity: 'info',
    advice: 'Give a format that knows its duration (pprof, .cpuprofile) to see figures per second.',
  },
  'other-rate': {
    severity: 'warning',
    advice: 'Record both sides with the same sampling interval.',
  },
  'other-total': {
    severity: 'warning',
    advice:
      'Shares hide a change of the whole. Give the requests that each side served: `--requests BEFORE,AFTER`.',
  },
  'few-samples': {
    severity: 'warning',
    advice: 'Profile for longer, or sample more often: a function of one per cent needs hundreds of samples.',
  },
  'repaired-samples': {
    severity: 'info',
    advice: 'Nothing to do where it is a small share; otherwise record the profile again.',
  },

  // About the machine: `cli/doctor/examine.ts`.
  'one-processor': {
    severity: 'error',
    advice: 'Use a machine (or a container) with two processors or more.',
  },
  'shared-core': {
    severity: 'warning',
    advice:
      'Give the run processors of different cores (`taskset -c` in front of the command), or switch off simultaneous multithreading.',
  },
  'processor-quota': {
    severity: 'warning',
    advice:
      'Raise or drop the limit of the container: a throttled service stands still for tens of milliseconds.',
  },
  busy: {
    severity: 'warning',
    advice: 'Close what else is running, or use a machine of its own. CPU per request suffers least.',
  },
  steal: {
    severity: 'warning',
    advice: 'The host gives this time to other machines: use a dedicated one, or another hour.',
  },
  governor: {
    severity: 'info',
    advice: 'Set it for the time of the run: `cpupower frequency-set -g performance`.',
  },
  'on-battery': {
    severity: 'warning',
    advice: 'Plug it in: on battery the processors change their pace.',
  },
  'no-schedstat': {
    severity: 'warning',
    advice: 'Measure on Linux with scheduler statistics for CPU time of every thread.',
  },
  'little-memory': {
    severity: 'warning',
    advice: 'Free some: a machine that swaps measures its disk.',
  },
  virtual: {
    severity: 'info',
    advice: 'Compare variants within one run only: another run may meet another neighbour.',
  },

  // About what the doctor's own trials came to: `cli/doctor/diagnosis.ts`.
  'false-alarm': {
    severity: 'error',
    advice: 'Run the doctor again; when it happens twice in ten times, gate on another machine.',
  },
  'change-not-seen': {
    severity: 'warning',
    advice: 'Give runs more time (`--max-time 2m`), or see below what blurs the figures.',
  },
  'function-not-found': {
    severity: 'warning',
    advice: 'Give runs more rounds: functions are compared across rounds.',
  },
} as const satisfies Record<string, Entry>

export type Code = keyof typeof CATALOGUE

export const finding = (code: Code, message: string): Finding => ({ code, message, ...CATALOGUE[code] })

/** What was seen, with figures; `null` when there is nothing to say. */
export type Detector = (run: RunRecord) => string | null
