/** Two profiles, or two sets of repeated ones, from anywhere, and how they differ. */

import type { Sides } from './comparison.ts'
import type { Finding } from './finding.ts'
import type { Profile } from './profile.ts'
import type { Analysis } from './report.ts'

/** A profile as it was read from a file, or from several that are parts of one measurement. */
export interface ProfileFile {
  /** Absolute path, of the first where there are several; of a store's window, when it began and its part. */
  path: string
  /** Names of the files that were added up, where there are several. */
  parts?: string[]
  /** What was read of a file that holds several profiles, as text. */
  choice?: string
  format: string
  profile: Profile
  /** Samples whose time had to be repaired, and samples that the profiler lost. */
  repaired: number
  /** Requests that were served meanwhile, where somebody else counted them. */
  requests?: number
}

export interface DiffSide {
  label: string
  files: ProfileFile[]
  /** Windows of production without a request, which are not among the files. */
  idle?: number
  /** What the reader of the files noticed. */
  findings?: Finding[]
}

/** The two sides to compare. */
export interface DiffRequest extends Sides<DiffSide> {
  /** Requests that each side served, over all of its profiles. */
  requests?: [number, number]
}

/** Facts about one side. */
export interface ProfileSide {
  label: string
  formats: string[]
  profiles: number
  /** How many processes they are from; `null` unless all of them say. */
  processes: number | null
  /** Milliseconds of all profiles; 0 where it is not known of all of them. */
  duration: number
  samples: number
  /** Sampling period in the value's unit; 0 where unknown. */
  period: number
  /** Sum of the values, without idle time. */
  total: number
  requests: number | null
}

export interface ProfileDiff extends Sides<ProfileSide> {
  /** What is compared, for example `{ type: 'cpu', unit: 'nanoseconds' }`. */
  value: { type: string; unit: string }
  /** A flame for each way to look at it (share of the total, per second, per request), under its name as collector. */
  analysis: Pick<Analysis, 'frames' | 'flames' | 'owners' | 'budgets' | 'findings'>
}
