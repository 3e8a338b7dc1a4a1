/** Samples of the formats that are imported, and the scenarios made of them. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { load as loadSchema } from '../../../harness/plan/load-schema.ts'
import { type Format, scenarioFrom } from '../../../harness/script/import/index.ts'
import { load } from './recordings.ts'

export const SAMPLES: Record<Exclude<Format, 'har'>, string> = {
  k6: 'shop.k6.js',
  artillery: 'shop.artillery.yml',
  postman: 'shop.postman.json',
  openapi: 'shop.openapi.yaml',
}

export const sample = (name: string): string =>
  readFileSync(join(import.meta.dirname, '../../fixtures/imports', name), 'utf8')

/** The scenario of a text, and its notes without their first line. */
export function imported(format: Format, content: string, name = SAMPLES[format as keyof typeof SAMPLES]) {
  const { text, notes } = scenarioFrom(format, { name, content }, '../targets/shop.ts')
  const scenario = load(text)
  loadSchema.parse(scenario.load)
  return { text, notes: notes.slice(1).map(note => note.replace(/^- /, '')), scenario, ...scenario.load }
}
