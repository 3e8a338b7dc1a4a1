/** The result of each of several scenarios, as a CI job reports them in one place. */
import type { Report } from './report.ts'

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
  /** Either this or `problem` is set. */
  report?: Report
  problem?: Problem
}

/** What a gate does to the job; a gate that only warns, and one that was accepted, fails nothing. */
export type Effect = 'fails' | 'unmeasured' | 'neutral' | 'warns' | 'accepted' | 'passes'
