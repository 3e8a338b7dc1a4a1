/** Findings noticed while measuring. */
import type { Entry } from '../model/finding.ts'

export const MEASURING_FINDINGS = {
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
  'no-source-map': {
    severity: 'info',
    advice:
      'Let the loader write inline source maps, or start the service from files that are run as they are. Do not change the files during a run.',
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
  'baseline-not-saved': {
    severity: 'error',
    advice:
      'The one that was saved before stays. Have the service answer as the script expects, and measure again.',
  },
  'other-run': {
    severity: 'warning',
    advice: 'Run one after the other: `--wait` waits for the other one to end.',
  },
  'left-behind': {
    severity: 'warning',
    advice: 'End them with `flamegate clean`; they disturb what is measured.',
  },
} as const satisfies Record<string, Entry>
