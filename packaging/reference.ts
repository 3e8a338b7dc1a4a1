/** Writes `docs/cli.md` from the tables of the command line: `npm run reference`. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cliReference } from '../harness/cli/reference.ts'

const ROOT = join(import.meta.dirname, '..')

writeFileSync(join(ROOT, 'docs/cli.md'), cliReference())
