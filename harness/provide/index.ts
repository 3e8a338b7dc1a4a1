/** Plan → what has to be there before the first round, and its removal. */
import type { Plan } from '../model/plan.ts'
import type { World } from '../model/world.ts'
import { makeCheckout, type Release } from './checkout.ts'

const nothing: Release = async () => {}

/** @throws MeasureError when something cannot be made; nothing is left of it then */
export async function provide({ checkout, variants, baseline }: Plan, world: World): Promise<Release> {
  if (!checkout) return nothing
  return await makeCheckout(checkout, variants.find(({ id }) => id === baseline)!, world)
}
