/** Before npm packs: compiles, and replaces the repository's manifest by the published one until `postpack`. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from './build.ts'
import { type Manifest, packedManifest } from './manifest.ts'

const MANIFEST = join(import.meta.dirname, '..', 'package.json')

const own = readFileSync(MANIFEST, 'utf8')
build()
writeFileSync(`${MANIFEST}.kept`, own, { flag: 'wx' })
writeFileSync(MANIFEST, `${JSON.stringify(packedManifest(JSON.parse(own) as Manifest), null, 2)}\n`)
