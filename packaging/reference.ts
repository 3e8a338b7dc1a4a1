/** Writes down what the tables of the command line say: `npm run reference`. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cliReference, configSchema } from '../harness/cli/reference.ts'

const ROOT = join(import.meta.dirname, '..')

export const REFERENCES: Record<string, () => string> = {
  'docs/cli.md': cliReference,
  'harness/config.schema.json': configSchema,
}

if (import.meta.main)
  for (const [path, render] of Object.entries(REFERENCES)) writeFileSync(join(ROOT, path), render())
