/** The database servers of this machine. */
import { planNeeds } from '../harness/plan/needs.ts'
import type { postgres } from '../harness/scenario/needs.ts'
import { worldIn } from './plan/world.ts'

/** The program of a server, if this machine has one. */
export function programOf(need: ReturnType<typeof postgres>): string | undefined {
  const target = { name: '', command: [], directory: '/', needs: { it: need } }
  try {
    return planNeeds(target, [], worldIn('/', { environment: process.env }), '')?.[0]?.server
  } catch {
    return undefined
  }
}
