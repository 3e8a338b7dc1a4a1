/** Records: written whole after every round, read back under suspicion. */
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { UsageError } from '../model/errors.ts'
import { RECORD_SCHEMA, type RunRecord } from '../model/record.ts'
import { writeAtomically } from './atomic.ts'
import { parseRecord } from './schema.ts'

const FILE = 'record.json'

/** Bytes: far above any real record, far below what would exhaust a heap. */
const LARGEST = 256 * 2 ** 20

/** Writes the record into a run's folder; returns its path. */
export async function saveRecord(folder: string, record: RunRecord): Promise<string> {
  const path = join(folder, FILE)
  await writeAtomically(path, JSON.stringify(record))
  return path
}

/**
 * Reads a record from its file or from the folder of its run.
 *
 * @throws UsageError when there is none, or it is cut off, too large, of another schema or not a record at all
 */
export async function readRecord(path: string): Promise<RunRecord> {
  const file = (await sizeOf(path))?.folder ? join(path, FILE) : path
  const value = parseJson(await readLimited(file), file)
  const schema = value !== null && typeof value === 'object' && 'schema' in value ? value.schema : undefined
  if (schema !== RECORD_SCHEMA) throw otherSchema(schema, file)
  const checked = parseRecord(value)
  if ('record' in checked) return checked.record
  throw new UsageError('The file is no complete record.', {
    place: file,
    details: checked.problems.slice(0, 10).join('\n'),
    advice: 'Take another record, or measure again.',
  })
}

async function readLimited(file: string): Promise<string> {
  const found = await sizeOf(file)
  if (!found) throw new UsageError('There is no record here.', { place: file, advice: 'Check the path.' })
  if (found.size > LARGEST)
    throw new UsageError(`The file has ${found.size} bytes; a record has ${LARGEST} at most.`, {
      place: file,
      advice: 'Check that this is a record of Flamegate.',
    })
  return await readFile(file, 'utf8')
}

const sizeOf = (path: string) =>
  stat(path).then(
    found => ({ size: found.size, folder: found.isDirectory() }),
    () => undefined,
  )

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new UsageError('The record is cut off or is no JSON.', {
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
      : 'The file is no record of Flamegate.',
    {
      place: file,
      advice: known ? 'Read it with the version that wrote it, or measure again.' : 'Give a `record.json`.',
    },
  )
}
