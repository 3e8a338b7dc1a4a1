/** Every wait has an end: how long is waited for what, in milliseconds, and what then happens. */

export interface Limits {
  /** From its start until the target listens on its port; then the round is lost. Default: the target's `timeout`. */
  boot: number
  /** From there until it answers that it is ready; then the round is lost. Default: the target's `timeout`. */
  readiness: number
  /** Warm-up of one launch; then it is measured as it is, and flagged. Default: the scenario's `warmup.timeout`. */
  warmup: number
  /** The answer to one request, in whole seconds in the closed loop; then it counts as an error. */
  request: number
  /** One slice, which usually takes 10 ms; then the round is lost. */
  slice: number
  /** Until a profiler has been stopped and its profile, or a pair of heap snapshots, is there; then the round is lost. */
  profilerStop: number
  /** Between asking a launch to stop (SIGTERM) and killing it. Default: the target's `gracefulShutdown`. */
  shutdown: number
  /** Until a fresh checkout has been made runnable; then the run ends. */
  prepare: number
}

const USUAL: Limits = {
  boot: 10_000,
  readiness: 10_000,
  warmup: 6_000,
  request: 10_000,
  slice: 30_000,
  profilerStop: 60_000,
  shutdown: 1_000,
  prepare: 600_000,
}

/** A quick run has no time to wait for answers that never come. */
const QUICK: Partial<Limits> = { request: 2_000, slice: 10_000 }

/** Requests on one connection that may time out one after the other within a slice. */
const WAITS = 3

interface Planned {
  quick?: boolean
  target: { timeout: number; gracefulShutdown: number }
  warmup: { timeout: number }
  limits?: Partial<Limits>
}

/** The limits of a plan: what it sets, else what its older settings mean, else the usual ones. */
export function limitsOf({ target, warmup, limits, quick }: Planned): Limits {
  const usual = { ...USUAL, ...(quick && QUICK) }
  return {
    ...usual,
    // A slice must not be given up while a request of it may still be answered.
    slice: Math.max(usual.slice, WAITS * (limits?.request ?? 0)),
    boot: target.timeout,
    readiness: target.timeout,
    warmup: warmup.timeout,
    shutdown: target.gracefulShutdown,
    ...limits,
  }
}
