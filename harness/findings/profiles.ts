/** Findings about two profiles. */
import type { Entry } from '../model/finding.ts'

export const PROFILE_FINDINGS = {
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
  'added-up': {
    severity: 'info',
    advice:
      'What ran at the same time is one measurement. Repeat it one run after the other, or give a folder that has a folder for each run.',
  },
  'one-of-several': {
    severity: 'warning',
    advice: 'Check that it is the same on both sides; record only what you want to compare where it is not.',
  },
  'repaired-samples': {
    severity: 'info',
    advice: 'Nothing to do where it is a small share; otherwise record the profile again.',
  },
} as const satisfies Record<string, Entry>
