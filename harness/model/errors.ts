/** The errors that end a run: what happened, where, and what to do next. */

export interface Circumstances {
  /** Where: a file with a line, a flag, a variant. */
  place?: string
  /** The way out, as an imperative: "set …", "check …". */
  advice?: string
  /** Raw material for the reader, for example the target's last lines of output. */
  details?: string
  cause?: unknown
}

class FlamegateError extends Error {
  readonly place?: string
  readonly advice?: string
  readonly details?: string

  constructor(message: string, { place, advice, details, cause }: Circumstances = {}) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = new.target.name
    if (place !== undefined) this.place = place
    if (advice !== undefined) this.advice = advice
    if (details !== undefined) this.details = details
  }
}

/** The command, the configuration or an input file is wrong: exit code 2, nothing was started. */
export class UsageError extends FlamegateError {}

/** The run could not be measured: exit code 3. */
export class MeasureError extends FlamegateError {}
