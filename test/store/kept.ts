/** Real records with schema 1, as the last version with that schema wrote them. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { expect } from 'vitest'
import type { RunRecord } from '../../harness/model/record.ts'
import type { Report } from '../../harness/model/report.ts'
import { parseRecord } from '../../harness/store/schema.ts'

const FOLDER = join(import.meta.dirname, '..', 'fixtures', 'records')

export const KEPT = readdirSync(FOLDER).map(name => name.replace('.json.gz', ''))

/** The text of a record, as it was written. */
export const keptText = (name: string): string =>
  gunzipSync(readFileSync(join(FOLDER, `${name}.json.gz`))).toString()

/** Schema 1 has no type any more. */
// biome-ignore lint/suspicious/noExplicitAny: the tests damage these files in all the ways that a file can be damaged.
export type Written = any

export const written = (name: string): Written => JSON.parse(keptText(name))

/** Without profiles, which are most of it. */
export function light(name: string): Written {
  const record = written(name)
  for (const launch of launchesIn(record))
    for (const capture of Object.values<Written>(launch.captures)) delete capture.profile
  return record
}

export const launchesIn = ({ rounds, recorded }: Written): Written[] => [
  ...rounds.flatMap((round: Written) => [...round.launches, ...(round.yardsticks ?? [])]),
  ...(recorded ? launchesIn(recorded) : []),
]

export function upgraded(value: unknown): RunRecord {
  const read = parseRecord(value)
  if ('problems' in read) throw new Error(read.problems.join('\n'))
  expect(read.damage).toBeUndefined()
  return read.record
}

export const comparisonOf = ({ analysis }: Report, id: string) =>
  analysis.comparisons.find(({ variant, metric }) => `${variant} ${metric}` === id)
