/** What was measured, whatever produced it. Analysis, judgement and reports read nothing else. */
import type { Family } from './columns.ts'
import type { Finding } from './finding.ts'
import type { CollectorResult, Histograms, LaunchRecord } from './launch.ts'
import type { Plan, PlannedVariant } from './plan.ts'
import type { Profile } from './profile.ts'
import type { Package, SourceLines } from './record.ts'

/**
 * Which samples belong together, which decides the inference. The samples of each of the `rounds` were measured in turn,
 * and their ratios are compared. `independent` samples share nothing, so the variances of both sides count.
 */
export type Pairing = 'rounds' | 'independent'

/** One version of what is measured. */
export interface Subject {
  id: string
  label: string
  /** How it was started; absent where nothing was. */
  planned?: PlannedVariant
  /** What was read of its functions; absent where nothing was. */
  sources?: SourceLines[]
  /** The packages that it ran; absent where they were not read. */
  packages?: Package[]
}

/** The result of a collector; its profile can be decoded already. */
export type Collected = Omit<CollectorResult, 'profile'> & { profile?: string | Profile }

/** One measurement of one subject, such as a launch or a recorded profile. What only some producers know is optional. */
export interface Sample
  extends Partial<Omit<LaunchRecord, 'variant' | 'timed' | 'histograms' | 'collected'>> {
  subject: string
  /** From 1. Independent samples are merely numbered. */
  round: number
  /** When it was measured: ISO time, absent where unknown; and milliseconds, 0 where unknown. */
  window: { startedAt?: string; duration: number }
  /** Values in rows, by the names in `columns.ts`: one row for each slice, or a single one. */
  columns: LaunchRecord['timed']
  histograms: Partial<Histograms>
  collected: Record<string, Collected>
  /** A service of fixed cost, measured at the same time. */
  reference?: Sample
}

export interface Evidence {
  pairing: Pairing
  subjects: Subject[]
  /** Id of the subject that the others are judged against. */
  baseline: string
  samples: Sample[]
  /** Names of the collectors, in the order in which they are shown. */
  collectors: string[]
  /** Names of the script's steps: each has its own latency. */
  steps: string[]
  /** Families of values that a change of the machine can have changed too: no function is blamed for these. */
  drifting: Family[]
  /** Whether all samples have references that were measured the same way. */
  referenced: boolean
  /** Noticed by the producer. */
  findings: Finding[]
  /** Absent where nothing was planned. */
  plan?: Plan
}
