import type { Change, Status } from '../model/report.ts'

/** The result of one of a gate's thresholds. */
export interface Part {
  status: Status
  change: Change | null
  reason: string
}

/** From the status that settles everything to the one that says least. */
const ORDER: Status[] = ['regressed', 'not comparable', 'inconclusive', 'improved', 'fine']

/** The whole is only as good as its worst part. */
export const worst = (statuses: Status[]): Status =>
  ORDER.find(status => statuses.includes(status)) ?? 'inconclusive'
