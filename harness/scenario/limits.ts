import type { Limits } from '../model/limits.ts'

const USUAL: Limits = {
  boot: 10_000,
  readiness: 10_000,
  warmup: 6_000,
  request: 10_000,
  slice: 30_000,
  profilerStop: 60_000,
  shutdown: 1_000,
  prepare: 600_000,
  seed: 120_000,
  reset: 20_000,
}

/** A quick run cannot afford to wait for answers that never come. */
const QUICK: Partial<Limits> = { request: 2_000, slice: 10_000 }

/** Requests on a connection that may time out one after another within a slice. */
const WAITS = 3

interface Planned {
  quick?: boolean
  target: { timeout: number; gracefulShutdown: number }
  warmup: { timeout: number }
  limits?: Partial<Limits>
}

/** The limits of a plan: what it sets, or the target's and the warm-up's own settings, or the defaults. */
export function limitsOf({ target, warmup, limits, quick }: Planned): Limits {
  const usual = { ...USUAL, ...(quick && QUICK) }
  return {
    ...usual,
    // A slice must not be given up while one of its requests can still be answered.
    slice: Math.max(usual.slice, WAITS * (limits?.request ?? 0)),
    boot: target.timeout,
    readiness: target.timeout,
    warmup: warmup.timeout,
    shutdown: target.gracefulShutdown,
    ...limits,
  }
}
