import type { Capabilities } from '../model/capabilities.ts'
import type { Plan } from '../model/plan.ts'
import type { Request } from '../model/request.ts'
import type { World } from '../model/world.ts'
import { makePlan } from '../plan/index.ts'
import { openBaseline } from '../store/index.ts'

/**
 * What would be measured, and nothing of it begun.
 *
 * @throws UsageError when it cannot be, a saved baseline that is no record included
 */
export async function planned(request: Request, world: World, capabilities: Capabilities): Promise<Plan> {
  const plan = await makePlan(request, world, capabilities)
  if (plan.recorded !== undefined) await openBaseline(plan.recorded, plan)
  return plan
}
