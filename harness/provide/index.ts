/** Prepares packages, builds and the checkout before the first round. `release` removes the checkout; the rest stays. */

import type { Plan } from '../model/plan.ts'
import type { World } from '../model/world.ts'
import { limitsOf } from '../scenario/limits.ts'
import { redactorFor } from '../words/redaction.ts'
import { buildInPlace } from './build.ts'
import { makeCheckout, type Provided } from './checkout.ts'
import { installPackage } from './packages.ts'

export { removeAbandoned } from './checkout.ts'

const nothing: Provided = { release: async () => {}, findings: [] }

/** @throws MeasureError with secrets redacted; a failed checkout is removed first */
export async function provide(plan: Plan, world: World): Promise<Provided> {
  const { prepare } = limitsOf(plan)
  try {
    for (const wanted of plan.packages ?? []) await installPackage(wanted, prepare, world)
    const findings = await buildInPlace(plan, world)
    const provided = plan.checkout ? await makeCheckout(plan.checkout, plan, world) : nothing
    return { ...provided, findings: [...findings, ...provided.findings] }
  } catch (error) {
    throw redactorFor(plan, world)(error)
  }
}
