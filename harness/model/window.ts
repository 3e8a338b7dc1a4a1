/** A stretch of production, as the probe writes it into a comment of its profile (docs/production.md). */
import { z } from 'zod'

export const productionWindow = z.object({
  /** `window`, or what was recorded for a capture. */
  kind: z.string(),
  service: z.string(),
  version: z.string().optional(),
  host: z.string(),
  pid: z.number(),
  /** ISO time. */
  startedAt: z.string(),
  /** Milliseconds. */
  duration: z.number(),
  requests: z.number(),
  errors: z.number(),
  /** Nanoseconds that the main thread ran, as the kernel counted them; absent where it does not. */
  mainCpu: z.number().optional(),
  /** By method and pattern, for example `GET /users/:id`. */
  routes: z
    .array(z.object({ route: z.string(), requests: z.number() }))
    .max(1_000)
    .default([]),
})
export type ProductionWindow = z.infer<typeof productionWindow>
