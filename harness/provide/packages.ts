/** Installs packages into folders of their own, which later runs use again. */
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import type { PlannedPackage } from '../model/plan.ts'
import type { World } from '../model/world.ts'
import { runCommand } from './command.ts'
import { makePlace } from './files.ts'

const INSTALL = ['npm', 'install', '--no-audit', '--no-fund', '--prefer-offline']

/** Keeps npm from using a manifest further up. */
const MANIFEST = { name: 'package.json', text: '{ "private": true }\n' }

/**
 * The folder appears only when it is complete, whatever else runs at the same time or is interrupted.
 *
 * @param limit milliseconds
 * @throws MeasureError with what npm said
 */
export async function installPackage(
  { spec, folder }: PlannedPackage,
  limit: number,
  world: World,
): Promise<void> {
  if (existsSync(folder)) return
  world.emit({ type: 'prepare', what: `installing ${spec}` })
  const temporary = `${folder}.${randomBytes(3).toString('hex')}.tmp`
  await makePlace(temporary, MANIFEST, 'Packages cannot be installed here.')
  try {
    await runCommand([...INSTALL, spec], temporary, { what: `Installing ${spec}`, limit }, world)
    // Another run may have been faster.
    await rename(temporary, folder).catch(() => {})
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
}
