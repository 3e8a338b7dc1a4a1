import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Removes what a killed harness was writing: files become what they are called by being renamed (`store/atomic.ts`), and
 * until then end in the writer's id and `.tmp`.
 *
 * @param output the run's folder; @param pid of the harness, which is dead
 */
export function removeHalves(output: string, pid: number): void {
  if (!existsSync(output)) return
  for (const name of readdirSync(output, { recursive: true, encoding: 'utf8' }))
    if (name.endsWith(`.${pid}.tmp`)) rmSync(join(output, name), { force: true })
}
