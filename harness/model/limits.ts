/** The longest that Flamegate waits, in milliseconds, and what happens then. */
import { z } from 'zod'

export const limits = z.object({
  /** From its start until the target listens on its port; then the round is lost. Default: the target's `timeout`. */
  boot: z.number(),
  /** From there until it answers that it is ready; then the round is lost. Default: the target's `timeout`. */
  readiness: z.number(),
  /** Warm-up of one launch; then it is measured as it is, and flagged. Default: the scenario's `warmup.timeout`. */
  warmup: z.number(),
  /** The answer to one request, in whole seconds in the closed loop; then it counts as an error. */
  request: z.number(),
  /** One slice, which usually takes 10 ms; then the round is lost. */
  slice: z.number(),
  /** Until a profiler has been stopped and its profile, or a pair of heap snapshots, has arrived; then the round is lost. */
  profilerStop: z.number(),
  /** Between asking a launch to stop (SIGTERM) and killing it. Default: the target's `gracefulShutdown`. */
  shutdown: z.number(),
  /** Until a fresh checkout has been made runnable; then the run ends. */
  prepare: z.number(),
  /** Until the `seed` of a need has ended; then the round is lost. */
  seed: z.number(),
  /** Until the `reset` of a need has ended; then the round is lost. */
  reset: z.number(),
})
export type Limits = z.infer<typeof limits>
