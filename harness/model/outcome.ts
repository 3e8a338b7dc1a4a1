/** What became of each of several scenarios: what a CI job tells in one place. */
import type { GateVerdict, Report, Status } from './report.ts'

/** Why a scenario has no report. */
export interface Problem {
  message: string
  place?: string
  advice?: string
  details?: string
}

export interface Outcome {
  scenario: string
  /** The scenario's file, relative to the folder that annotations and test reports are read in. */
  file: string
  /** Folder of the run's files, relative to that of the overview; empty when there is none. */
  folder: string
  /** One of the two is there. */
  report?: Report
  problem?: Problem
}

/** What a gate does to the job; a gate that only warns, and one that was accepted, fails nothing. */
export type Effect = 'fails' | 'unmeasured' | 'neutral' | 'warns' | 'accepted' | 'passes'

export function effectOf({ gate, status, accepted }: GateVerdict): Effect {
  if (status === 'inconclusive') return 'neutral'
  if (status === 'fine' || status === 'improved') return 'passes'
  if (accepted) return 'accepted'
  if (gate.level === 'warn') return 'warns'
  return status === 'regressed' ? 'fails' : 'unmeasured'
}

/** Why there is no verdict, where that is so. */
export const unmeasuredOf = ({ report, problem }: Outcome): Problem | undefined =>
  problem ??
  (report?.verdict.unusable === undefined
    ? undefined
    : { message: `Not comparable: ${report.verdict.unusable}` })

/** The one word for a scenario, as a table of several shows it. */
export function wordFor({ report }: Outcome): Status | 'not measured' {
  if (!report || report.run.rounds.length === 0) return 'not measured'
  return report.verdict.status
}
