/** Every finding that there is, with its severity and what to do about it. The detector says what was seen. */
import type { Entry, Finding } from '../model/finding.ts'
import type { Metric } from '../model/metric.ts'
import type { RunRecord } from '../model/record.ts'
import { GIT_FINDINGS } from './git.ts'
import { MACHINE_FINDINGS } from './machine.ts'
import { MEASURING_FINDINGS } from './measuring.ts'
import { PAIR_FINDINGS } from './pairs.ts'
import { PROFILE_FINDINGS } from './profiles.ts'
import { RUN_FINDINGS } from './run.ts'

export const CATALOGUE = {
  ...RUN_FINDINGS,
  ...MEASURING_FINDINGS,
  ...GIT_FINDINGS,
  ...PAIR_FINDINGS,
  ...PROFILE_FINDINGS,
  ...MACHINE_FINDINGS,
} as const satisfies Record<string, Entry>

export type Code = keyof typeof CATALOGUE

export const finding = (code: Code, seen: Seen): Finding => ({
  code,
  ...CATALOGUE[code],
  ...(typeof seen === 'string' ? { message: seen } : seen),
})

/** A message, with a severity where that depends on the run; otherwise the catalogue's holds. */
export type Seen = string | Pick<Finding, 'message' | 'severity'>

/** What was seen, with figures; `null` when there is nothing to say. */
export type Detector = (run: RunRecord, metrics: Metric[]) => Seen | null
