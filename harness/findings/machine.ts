/** Findings about the machine, and about what the doctor's own trials showed. */
import type { Entry } from '../model/finding.ts'

export const MACHINE_FINDINGS = {
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
