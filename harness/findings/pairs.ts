/** Findings about two runs. An error means that their figures cannot be compared. */
import type { Entry } from '../model/finding.ts'

export const PAIR_FINDINGS = {
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
} as const satisfies Record<string, Entry>
