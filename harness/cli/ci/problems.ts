import { MeasureError, UsageError } from '../../model/errors.ts'
import type { Problem } from '../../model/outcome.ts'

/** An error as data, for the files that tell of several scenarios. */
export function problemOf(error: unknown): Problem {
  if (!(error instanceof UsageError || error instanceof MeasureError))
    return { message: `Flamegate itself failed: ${error instanceof Error ? error.message : String(error)}` }
  const { message, place, advice, details } = error
  return {
    message,
    ...(place !== undefined && { place }),
    ...(advice !== undefined && { advice }),
    ...(details !== undefined && { details }),
  }
}
