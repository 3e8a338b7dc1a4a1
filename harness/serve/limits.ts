/** How much this server takes in: a client that sends too much must neither fill its memory nor keep others out. */

const MEBIBYTE = 2 ** 20

export const LIMITS = {
  /** Bytes of a body, and of what is packed in it. A large window has a fifth of them unpacked. */
  body: 8 * MEBIBYTE,
  /** Bytes of all bodies that are on their way. */
  bodies: 32 * MEBIBYTE,
  /** Bytes of all answers that were not fetched yet. */
  answers: 16 * MEBIBYTE,
  /** Samples, functions, strings … of a profile, each. */
  parts: 250_000,
  connections: 1_000,
  /** Profiles of one push. */
  profiles: 64,
}

/** Milliseconds. A connection that sends a byte a second gets no more than these. */
export const PATIENCE = { headers: 10_000, request: 30_000, silence: 60_000, check: 5_000 }
