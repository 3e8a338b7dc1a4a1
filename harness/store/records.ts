/** Records: written whole after every round, and checked when they are read. */
import { readFile, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { UsageError } from '../model/errors.ts'
import { RECORD_SCHEMA, type RoundRecord, type RunRecord } from '../model/record.ts'
import { writeAtomically } from './atomic.ts'
import { parseJson } from './json.ts'
import { damaged, readRounds, removeRounds, saveRound } from './rounds.ts'
import { parseRecord } from './schema.ts'
import { READABLE } from './upgrade.ts'

const FILE = 'record.json'

/** Bytes: far above any real record, far below what would exhaust a heap. */
const LARGEST = 256 * 2 ** 20

/** Writes the record into a run's folder; returns its path. */
export async function saveRecord(folder: string, record: RunRecord): Promise<string> {
  const path = join(folder, FILE)
  await writeAtomically(path, JSON.stringify(record))
  return path
}

/** Prepares the folder for the rounds of a run: removes those of an earlier run, keeps those that are continued. */
export async function beginRecord(folder: string, earlier: RoundRecord[] = []): Promise<void> {
  if (earlier.length === 0) await removeRounds(folder)
  for (const round of earlier) await saveRound(folder, round)
}

/** Saves a complete round of a run that goes on, and the rest of its record. */
export async function saveProgress(folder: string, run: RunRecord, round: RoundRecord): Promise<void> {
  await saveRecord(folder, { ...run, rounds: [] })
  await saveRound(folder, round)
}

/** Writes the record of a run that is over, with the rounds from the disk, and returns it. */
export async function closeRecord(folder: string, run: RunRecord): Promise<RunRecord> {
  const whole = await withSavedRounds(folder, run)
  await saveRecord(folder, whole)
  await removeRounds(folder)
  return whole
}

/**
 * Reads a record from its file or from the folder of its run. A run that was cut off has the rounds that were complete.
 * Damage costs only the round it is in, and a finding reports it.
 *
 * @throws UsageError when there is no record, or it is incomplete, too large, of another schema or something else
 */
export async function readRecord(path: string): Promise<RunRecord> {
  const file = (await statOf(path))?.isDirectory() ? join(path, FILE) : path
  const value = parsed(await readLimited(file), file)
  const schema = value !== null && typeof value === 'object' && 'schema' in value ? value.schema : undefined
  if (!READABLE.includes(schema as string)) throw otherSchema(schema, file)
  const checked = parseRecord(value)
  if ('problems' in checked)
    throw new UsageError('The record is not complete.', {
      place: file,
      details: checked.problems.slice(0, 10).join('\n'),
      advice: 'Take another record, or measure again.',
    })
  const { record, damage = [] } = checked
  if (damage.length > 0) return { ...record, findings: [...record.findings, ...damage.map(damaged)] }
  const goesOn = record.ending === 'running' && record.rounds.length === 0
  return goesOn ? await withSavedRounds(dirname(file), record) : record
}

async function withSavedRounds(folder: string, run: RunRecord): Promise<RunRecord> {
  const { rounds, lost } = await readRounds(folder)
  return { ...run, rounds, findings: [...run.findings, ...lost] }
}

async function readLimited(file: string): Promise<string> {
  const found = await statOf(file)
  if (!found) throw new UsageError('There is no record here.', { place: file, advice: 'Check the path.' })
  if (found.size > LARGEST)
    throw new UsageError(`The file has ${found.size} bytes; a record has ${LARGEST} at most.`, {
      place: file,
      advice: 'Check that this is a record of Flamegate.',
    })
  return await readFile(file, 'utf8')
}

const statOf = (path: string) => stat(path).catch(() => undefined)

function parsed(text: string, file: string): unknown {
  try {
    return parseJson(text)
  } catch (cause) {
    throw new UsageError('The record is cut off or not valid JSON.', {
      place: file,
      advice: 'Take another record, or measure again.',
      cause,
    })
  }
}

function otherSchema(schema: unknown, file: string): UsageError {
  const known = typeof schema === 'string' && schema.startsWith('flamegate/record/')
  return new UsageError(
    known
      ? `The record has schema ${schema}; this Flamegate reads ${RECORD_SCHEMA}.`
      : 'The file is not a record of Flamegate.',
    {
      place: file,
      advice: known ? 'Read it with the version that wrote it, or measure again.' : 'Give a `record.json`.',
    },
  )
}
