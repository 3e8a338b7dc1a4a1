/** A profile that cannot be read or written. The message says why. */
export class ProfileError extends Error {
  override name = 'ProfileError'
  /** The way out, if there is one. */
  readonly advice: string | undefined

  constructor(message: string, { cause, advice }: { cause?: unknown; advice?: string } = {}) {
    super(message, { cause })
    this.advice = advice
  }
}
