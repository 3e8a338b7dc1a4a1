/** After npm has packed: restores the repository's manifest. */
import { renameSync } from 'node:fs'
import { join } from 'node:path'

const MANIFEST = join(import.meta.dirname, '..', 'package.json')

renameSync(`${MANIFEST}.kept`, MANIFEST)
