import type { Pinning } from '../model/plan.ts'
import type { Platform } from '../model/world.ts'

/**
 * The last processors are for the load generator, the others for the target; `undefined` when processes cannot be pinned.
 * A load generator is one busy thread and a few idle ones, so a quarter of the processors is enough, two at most.
 */
export function planPinning({ processors, pinnable }: Platform): Pinning | undefined {
  if (!pinnable || processors.length < 2) return undefined
  const forLoader = Math.min(2, Math.max(1, Math.floor(processors.length / 4)))
  return { target: processors.slice(0, -forLoader), loader: processors.slice(-forLoader) }
}
