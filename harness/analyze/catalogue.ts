/** Every code that a record can earn, with how grave it is and what to do about it. Detectors say what was seen. */
import type { Finding } from '../model/finding.ts'

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
  'target-not-saturated': {
    severity: 'info',
    advice:
      'Throughput says little here; CPU per request and latency still do. More connections would saturate the service.',
  },
  errors: {
    severity: 'error',
    advice: "Look into the service's log: requests without an answer are missing from latency and cost.",
  },
  'unexpected-answers': {
    severity: 'error',
    advice:
      "Check the script's paths and bodies: an answer that is not 2xx is rarely the work that was meant.",
  },
  'different-bytes': {
    severity: 'info',
    advice: 'Make sure that the variants are meant to answer differently: more bytes are more work.',
  },
  'pinning-unavailable': {
    severity: 'warning',
    advice:
      'Use a machine with `taskset` and two processors or more, so that load and service do not share one.',
  },
  'clock-coarse': {
    severity: 'warning',
    advice: 'Make the slices longer, or measure on a machine whose kernel counts CPU time in nanoseconds.',
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
} as const satisfies Record<string, Entry>

export type Code = keyof typeof CATALOGUE

export const finding = (code: Code, message: string): Finding => ({ code, message, ...CATALOGUE[code] })
