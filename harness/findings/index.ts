/** Makes findings from the catalogue, one by one or by detectors. */
import { CATALOGUE, type FindingCode } from '../model/catalogue.ts'
import type { Finding } from '../model/finding.ts'

/** A message, with a severity where it depends on the run. */
export type Seen = string | Pick<Finding, 'message' | 'severity'>

export const finding = (code: FindingCode, seen: Seen): Finding => ({
  code,
  ...CATALOGUE[code],
  ...(typeof seen === 'string' ? { message: seen } : seen),
})

/** What is seen of each kind of finding, with numbers; `null` when there is nothing to say. */
export type Detectors<From extends unknown[]> = Partial<Record<FindingCode, (...from: From) => Seen | null>>

export const detect = <From extends unknown[]>(detectors: Detectors<From>, ...from: From): Finding[] =>
  Object.entries(detectors).flatMap(([code, look]) => {
    const seen = look(...from)
    return seen === null ? [] : [finding(code as FindingCode, seen)]
  })
