import type { Pinning } from '../model/plan.ts'
import type { Platform } from '../model/world.ts'

/**
 * The last processors for the load generator, the others for the target; `undefined` where nothing can be pinned.
 * A loader is one busy thread and a few quiet ones: a quarter of the processors, at most two, is enough for it.
 */
export function planPinning({ processors, pinnable }: Platform): Pinning | undefined {
  if (!pinnable || processors.length < 2) return undefined
  const forLoader = Math.min(2, Math.max(1, Math.floor(processors.length / 4)))
  return { target: processors.slice(0, -forLoader), loader: processors.slice(-forLoader) }
}
