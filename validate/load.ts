/**
 * Whether the load is what it says it is: speed, accuracy, pacing, and the generator's honesty about its own limits.
 *
 *   npm run validate:load              about seven minutes
 *   npm run validate:load -- --quick   less than three
 *
 * Exits with 1 when a target is missed. `--only speed,accuracy,pacing,trap` leaves the others out.
 */
import { parseArgs } from 'node:util'
import { accuracy } from './load/accuracy.ts'
import type { Outcome } from './load/outcome.ts'
import { pacing } from './load/pacing.ts'
import { moveAside } from './load/service.ts'
import { speed } from './load/speed.ts'
import { trap } from './load/trap.ts'

const { values } = parseArgs({ options: { quick: { type: 'boolean' }, only: { type: 'string' } } })
const quick = values.quick ?? false
const only = values.only?.split(',')

const CHECKS: Record<string, () => Promise<Outcome[]>> = {
  speed: () => speed(quick ? 6 : 24),
  accuracy: () => accuracy(quick),
  pacing: () => pacing(quick),
  trap: () => trap(quick ? 4 : 12),
}

moveAside()
let missed = 0
for (const [name, check] of Object.entries(CHECKS)) {
  if (only && !only.includes(name)) continue
  console.log(`\n${name}`)
  for (const { what, found, target, passed } of await check()) {
    if (!passed) missed++
    console.log(`  ${passed ? '✔' : '✖'} ${what}: ${found}${target ? ` (target: ${target})` : ''}`)
  }
}
process.exitCode = missed > 0 ? 1 : 0
