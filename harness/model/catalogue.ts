/** The severity of every finding and what to do about it. The code that detects one says what was seen. */

const ADVICE = {
  error: {
    // One run: the load.
    'loader-saturated':
      'CPU per request is not affected. To compare latency, set a `rate` in the `load` of the scenario. To compare throughput, send requests that give the service more work.',
    'loader-late':
      'CPU per request is not affected. For latency, set a lower `rate` in the `load` of the scenario, close other programs, or use a machine with more processors.',
    'shared-processor': 'Make sure that the service stays on the processors it was given.',
    // One run: what the service answered.
    errors:
      'Check the log of the service. Requests without an answer are missing from cost, and from latency unless they timed out.',
    'rate-limited':
      'Switch the limiter off for the benchmark, raise its limit or let 127.0.0.1 pass. Use an environment variable that the service reads (`environment` of the target) or a header that the steps send.',
    'wrong-profiles':
      'The timed slices before them went well. Find out what fills up after this many requests: a limit, a table or a queue.',
    'unexpected-answers':
      'Check the paths, bodies and expectations of the script: an unexpected answer is rarely the work you meant to measure. If it is, allow it with `expect`.',
    // Seen while measuring.
    'process-left':
      'Find out what they wait for (`ps -o pid,stat,wchan,args`). They disturb what is measured next.',
    'run-failed':
      'The rounds before it are kept. Continue with `flamegate resume` and the folder of the run.',
    'baseline-not-saved':
      'The baseline saved earlier is unchanged. Make the service answer as the script expects, and measure again.',
    // Two runs. An error means that their numbers cannot be compared.
    'other-scenario': 'Measure the baseline again with the present scenario.',
    'other-platform': 'Measure both sides on the same kind of machine.',
    'other-loader': 'Measure both sides with the same load generator.',
    // The machine, and what the trials of the doctor showed.
    'one-processor': 'Use a machine (or a container) with at least two processors.',
    'false-alarm': 'Run the doctor again. If it happens twice in ten runs, gate on another machine.',
  },
  warning: {
    // One run: how it was measured.
    'few-rounds':
      'Leave out `--quick`, give the run more time (`--max-time`), or set the number of rounds (`--rounds`).',
    'not-settled':
      'Raise `warmup.timeout` and `warmup.requests` in the scenario, or find out what keeps changing in the service.',
    'rounds-left-out': 'Run again on a quieter machine, or with a longer warm-up.',
    disturbed:
      'Close other programs, or use a dedicated machine. CPU per request is the metric that suffers least.',
    'pinning-unavailable':
      'Use a machine with `taskset` and at least two processors, so that the load generator and the service do not share one.',
    'clock-coarse':
      'Measure on a machine whose kernel counts CPU time in nanoseconds and whose clock source is the processor’s own counter (`tsc`).',
    // One run: the load.
    'rate-not-reached': 'Set a lower rate: at this one, latency is mostly time spent in the queue.',
    'arrivals-dropped': 'Raise `inFlight`, or set a lower rate.',
    'few-descriptors': 'Raise the limit on open files (`ulimit -n`) before the run, or set a lower rate.',
    'requests-resent':
      'They count as answered, as in a browser. If the service closes idle connections this soon, raise `keepAliveTimeout`. Otherwise find out what closes its connections (a crashing worker, `socket.destroy()`).',
    'loader-idle':
      'Workers wait for their next requests, and for each other. Use fewer of them, put them nearer to the harness, or look for a proxy that holds messages back.',
    // One run: what the service answered.
    leak: 'Look at the functions that retain memory, and compare heap snapshots (`--heap-snapshot`). A cache that is still filling looks the same; a longer warm-up tells the two apart.',
    // Seen while measuring.
    'chatty-target':
      'Lower its log level, unless writing the log is what you measure: the harness reads all of it.',
    'no-agent':
      'Let the service keep NODE_OPTIONS, and run it on Node 20 or newer. A bundled single executable can be built without support for NODE_OPTIONS.',
    'state-grows':
      "Give what the service needs a `reset` command, or `per: 'round'`, so that every round meets the same data.",
    'order-matters':
      'The comparison is fair, because each variant comes first equally often. But it measures a warm cache half of the time: vary the requests (`data`), or clear the cache in `reset`.',
    'switch-storm':
      'Hand over more work at a time, so that threads wait for each other less often; or give them more processors.',
    'descriptors-grow':
      'Look for connections and files that are never closed: the service will run out of descriptors.',
    'round-lost': 'The run continues without it. First fix the variant that fails now and then.',
    'round-damaged':
      'The other rounds are intact. Check the disk, or how the file was copied to this machine.',
    'other-run': 'Run one after the other: `--wait` waits until the other one has ended.',
    'left-behind': 'End them with `flamegate clean`; they disturb what is measured.',
    // A baseline from git.
    'same-commit': 'Name an older commit: `--baseline git:HEAD^`.',
    'scripted-modules':
      'If these scripts read files of the project, set `prepare` of the target to the command that runs them.',
    'ignored-settings': "Copy them: set `copy: ['.env']` of the target, with the names used here.",
    'copied-code':
      'Changes in that code are not compared. Let `build` of the target make it on both sides instead.',
    'stale-build':
      "Build first, or set `build: ['npm', 'run', 'build']` of the target, which is run before each run.",
    // Two runs. An error means that their numbers cannot be compared.
    'other-processor':
      'Times do not carry over; bytes allocated and response bytes do. Measure both sides on one machine.',
    'other-cores': 'Measure both sides on machines with the same number of processors.',
    'other-runtime':
      "The runtime's own changes are part of the result. To separate the two, pin `node` of both variants.",
    'other-need':
      'Another version can do more or less work for the same query. Measure both sides with the same version, or measure them in one run: `--baseline git:<ref>`.',
    'other-command':
      'Flags and environment are part of the result. Make them equal, unless you want to compare them.',
    'other-bytes':
      'The service answers differently than when the baseline was measured. Make sure that this is intended.',
    'other-errors': 'Errors are cheaper than answers. Fix them before you compare cost.',
    'not-interleaved':
      'To judge times, measure both as variants of one run. Bytes and error counts carry over.',
    'no-yardstick':
      'Measure the baseline again with `--save-baseline` on this machine, or both in one run: `--baseline git:<ref>`.',
    // Two profiles.
    'no-intervals': 'Record at least six profiles of each side, and name the two folders.',
    'other-value-type': 'Record both sides with the same profiler and the same kind of profile.',
    'other-duration':
      'Shares and rates are compared, never sums. The longer profile is the more reliable one.',
    'other-rate': 'Record both sides with the same sampling interval.',
    'other-total':
      'Shares hide a change of the total. Say how many requests each side served: `--requests BEFORE,AFTER`.',
    'few-samples':
      'Profile for longer, or sample more often: a function that takes 1 % needs hundreds of samples.',
    'one-of-several':
      'Check that it is the same value on both sides. If it is not, record only the one that you want to compare.',
    // The machine, and what the trials of the doctor showed.
    'shared-core':
      'Run on processors of different cores (put `taskset -c` in front of the command), or switch off simultaneous multithreading.',
    'processor-quota':
      'Raise or remove the limit of the container: a throttled service stops for tens of milliseconds at a time.',
    busy: 'Close other programs, or use a dedicated machine. CPU per request is the metric that suffers least.',
    steal: 'The host gives this time to other machines. Use a dedicated machine, or measure at another hour.',
    'on-battery': 'Plug it in: on battery, processors change their speed.',
    'no-schedstat': 'For CPU time of every thread, measure on Linux with scheduler statistics.',
    'little-memory': 'Free some memory: a machine that swaps measures its disk.',
    'change-not-seen':
      'Give runs more time (`--max-time 2m`), or see below what makes the measurements imprecise.',
    'function-not-found': 'Give runs more rounds: functions are compared across rounds.',
  },
  info: {
    // Two profiles.
    'few-processes':
      'Compare windows of six processes or more on each side. Then each process counts once, and intervals cover how processes with the same code differ, for example in garbage collection.',
    'by-process':
      'No action is needed: windows of one process are alike, so each process counts as one measurement.',
    // One run: the load.
    'cpu-not-settled':
      'This matters for gates on CPU or memory only. With a higher `warmup.requests` and `warmup.timeout`, code is optimised before it is measured.',
    'spikes-counted':
      'Look at the time of garbage collections (`gc.pauseTime`), and at what allocates: what lives for a while is what makes them long.',
    'tail-needs-time':
      'Give the run that much time (`--max-time`), raise `rate` in the `load` of the scenario, or gate on a lower percentile.',
    'latencies-left-out':
      'The others are unaffected. With fewer programs or a lower `rate`, fewer requests are left out.',
    'loader-interrupted': 'Rely on lower percentiles, or use a quieter machine.',
    'rate-chosen': 'To send at another rate, set `rate` in the `load` of the scenario.',
    'connections-not-kept':
      'Opening connections is part of the cost and the latency of these requests. If the service should keep its connections, look for `connection: close`, `maxRequestsPerSocket` and `keepAliveTimeout`.',
    'closed-loop-stalls': "Measure latency in an open loop (`engine: 'open'`).",
    'target-not-saturated':
      'Gate on latency, which an open loop measures better, or on CPU per request. A gate on throughput would ask the same question twice.',
    // One run: what the service answered.
    'different-bytes':
      'Make sure that the variants are meant to answer differently: more bytes are more work.',
    'heap-partly-seen':
      "Take the memory that functions retain as a lower bound, and the total as the evidence: in optimised code, V8's sampler misses part of what survives.",
    // Seen while measuring.
    'already-running':
      'To have a change judged by independent launches, and to see which lines it is in, let Flamegate start the service: `command` in the target.',
    'not-node':
      'The agent needs Node 20 or newer and NODE_OPTIONS. CPU time, latency and sizes are measured without it.',
    'source-changed':
      'Do not edit the files of a service while it is measured. If it was restarted with the change, rounds have measured different programs: measure again.',
    'unnamed-frames':
      'Install the debugging symbols of the libraries, and do not strip the program. Functions with names are right nonetheless.',
    'followed-in-part':
      'The rest of their time is unexplained. Send requests that do less at a time to see all of it.',
    'collector-failed':
      'Everything else was measured. `flamegate doctor` says what the collector needs and lacks.',
    'no-source-map':
      'Have the compiler write source maps, and keep them and the sources where it put them. Build again after sources were changed, and do not edit files during a run.',
    resumed: 'No action is needed: every round is compared within itself.',
    // A baseline from git.
    'uncommitted-changes': 'To have a commit judged, commit them first.',
    'copied-modules':
      'To have the modules of the commit installed, install the package manager, or set `prepare` of the target.',
    // Two runs. An error means that their numbers cannot be compared.
    'other-kernel': 'Expect small shifts in system time. If they matter, measure again.',
    'other-collectors': 'Profiles that only one side has cannot be compared.',
    yardstick: 'To see smaller changes, measure both in one run: `--baseline git:<ref>`.',
    // Two profiles.
    'other-format':
      'Profilers name functions differently: a function found on one side only can have another name on the other.',
    'unknown-duration':
      'To see values per second, use a format that records its duration (pprof, .cpuprofile).',
    'idle-windows': 'They are left out, because nothing can be said of them per request.',
    'empty-windows':
      'They are left out. If there should be profiles, check that the agent runs all the time.',
    'wall-time':
      'Such profiles count time as such, waiting too. To compare time on the processor, have the agent record it.',
    'added-up':
      'Profiles recorded at the same time are one measurement. Repeat the recording, one run after the other, or name a folder that has a folder for each run.',
    'repaired-samples': 'If this is a small share, ignore it. Otherwise record the profile again.',
    // The machine, and what the trials of the doctor showed.
    governor: 'Set it for the duration of the run: `cpupower frequency-set -g performance`.',
    virtual: 'Compare variants within one run only: another run can have other neighbours on the host.',
  },
} as const satisfies Record<string, Record<string, string>>

type Severity = keyof typeof ADVICE

/** Codes never change: records and scripts of users hold them. */
export type FindingCode = { [S in Severity]: keyof (typeof ADVICE)[S] }[Severity]

export const CATALOGUE = Object.fromEntries(
  Object.entries(ADVICE).flatMap(([severity, advices]) =>
    Object.entries(advices).map(([code, advice]) => [code, { severity, advice }]),
  ),
) as Record<FindingCode, { severity: Severity; advice: string }>
