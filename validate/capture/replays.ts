/** The folder of replays: checked when it is read, added to and never overwritten. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import type { RunRecord } from '../../harness/model/record.ts'
import { parseRecord } from '../../harness/store/schema.ts'

/** Inflated bytes; far more than any replay has. */
const LARGEST = 64 * 2 ** 20
const END = '.json.gz'

/** Names of its files, in order. */
export const replayFiles = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter(name => name.endsWith(END))
        .sort()
    : []

/** @throws Error that names a file that is not a complete record */
export function readReplay(folder: string, name: string): RunRecord {
  const text = gunzipSync(readFileSync(join(folder, name)), { maxOutputLength: LARGEST }).toString('utf8')
  return checked(JSON.parse(text), name)
}

/** Writes the run under the next free number of its name; returns the file's name and its size in bytes. */
export function addReplay(folder: string, name: string, run: RunRecord): { file: string; size: number } {
  const taken = replayFiles(folder)
  let number = 1
  while (taken.includes(`${name}-${number}${END}`)) number++
  const file = `${name}-${number}${END}`
  const bytes = gzipSync(JSON.stringify(checked(run, file)), { level: 9 })
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, file), bytes, { flag: 'wx' })
  return { file, size: bytes.length }
}

function checked(value: unknown, name: string): RunRecord {
  const result = parseRecord(value)
  if ('record' in result) return result.record
  throw new Error(`${name} is not a record: ${result.problems.slice(0, 3).join('; ')}`)
}
