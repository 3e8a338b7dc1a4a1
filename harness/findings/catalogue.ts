/** Every finding that there is, with its severity and what to do about it. The detector says what was seen. */
import type { Entry, Finding } from '../model/finding.ts'
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

/** What was seen of each kind of finding, with figures; `null` when there is nothing to say. */
export type Detectors<Seeing extends unknown[]> = Partial<Record<Code, (...from: Seeing) => Seen | null>>

export const detect = <Seeing extends unknown[]>(detectors: Detectors<Seeing>, ...from: Seeing): Finding[] =>
  Object.entries(detectors).flatMap(([code, look]) => {
    const seen = look(...from)
    return seen === null ? [] : [finding(code as Code, seen)]
  })
