/** Real records that the version before wrote, with schema 1. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'

const FOLDER = join(import.meta.dirname, '..', 'fixtures', 'records')

export const KEPT = readdirSync(FOLDER).map(name => name.replace('.json.gz', ''))

/** The text of a record, as it was written. */
export const keptText = (name: string): string =>
  gunzipSync(readFileSync(join(FOLDER, `${name}.json.gz`))).toString()
