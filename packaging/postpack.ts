/** After npm has packed: the repository's manifest comes back. */
import { renameSync } from 'node:fs'
import { join } from 'node:path'

const MANIFEST = join(import.meta.dirname, '..', 'package.json')

renameSync(`${MANIFEST}.kept`, MANIFEST)
