import type { Change, Status } from '../model/report.ts'

/** What one of a gate's thresholds has come to. */
export interface Part {
  status: Status
  change: Change | null
  reason: string
}

/** From the one that settles everything to the one that says least. */
const ORDER: Status[] = ['regressed', 'not comparable', 'inconclusive', 'improved', 'fine']

/** The whole holds when all of its parts hold. */
export const worst = (statuses: Status[]): Status =>
  ORDER.find(status => statuses.includes(status)) ?? 'inconclusive'
