/** `report.json` of a CI job, for programs and for `merge`. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { indented } from '../../../reports/json.ts'
import { UsageError } from '../../model/errors.ts'
import type { Outcome, Problem } from '../../model/report.ts'
import { effectOf, wordFor } from '../../words/verdicts.ts'
import type { Shard } from './select.ts'

export const JOB_SCHEMA = 'flamegate/job/1'
export const JOB_FILE = 'report.json'

export interface JobDocument {
  schema: typeof JOB_SCHEMA
  /** Exit code of the job. */
  code: number
  /** The base of the comparison, as text; empty when each scenario has its own. */
  base: string
  shard: Shard | null
  scenarios: {
    scenario: string
    file: string
    /** Folder with its `record.json`, relative to this file; empty when it was not measured. */
    folder: string
    status: ReturnType<typeof wordFor>
    code: number
    problem?: Problem
    gates: { variant: string; metric: string; status: string; effect: string; reason: string }[]
  }[]
}

export type Coded = Outcome & { code: number }

export function jobDocument(outcomes: Coded[], job: Omit<JobDocument, 'schema' | 'scenarios'>): string {
  const document: JobDocument = {
    schema: JOB_SCHEMA,
    ...job,
    scenarios: outcomes.map(outcome => {
      const { scenario, file, folder, code, problem, report } = outcome
      const gates = (report?.verdict.gates ?? []).map(gate => ({
        variant: gate.variant,
        metric: gate.gate.metric,
        status: gate.status,
        effect: effectOf(gate),
        reason: gate.reason,
      }))
      return { scenario, file, folder, status: wordFor(outcome), code, problem, gates }
    }),
  }
  return indented(document)
}

/** @throws UsageError when it is not the folder of a CI job */
export async function readJobDocument(folder: string): Promise<JobDocument> {
  const place = join(folder, JOB_FILE)
  const advice = 'Give the folders that `flamegate ci --output` wrote.'
  const text = await readFile(place, 'utf8').catch(() => {
    throw new UsageError('This folder has no report of a CI job.', { place: folder, advice })
  })
  try {
    const value: unknown = JSON.parse(text)
    if (isJobDocument(value)) return value
  } catch {
    // The message below covers it.
  }
  throw new UsageError('The file is not the report of a CI job, or it is cut off.', { place, advice })
}

function isJobDocument(value: unknown): value is JobDocument {
  const { schema, scenarios } = (value ?? {}) as Partial<JobDocument>
  return (
    schema === JOB_SCHEMA &&
    Array.isArray(scenarios) &&
    scenarios.every(({ scenario, file, folder }) =>
      [scenario, file, folder].every(text => typeof text === 'string'),
    )
  )
}
