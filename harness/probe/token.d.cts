/** The header of a request that carries a token. */
export const HEADER: string

/**
 * @param of `seconds` until it expires (60), and `at`, ms since 1970 (now)
 * @throws RangeError when it would be valid for too long
 */
export function makeToken(of: {
  secret: string
  method?: string
  path: string
  seconds?: number
  at?: number
}): string

/** Tells whether a token allows a capture. */
export class TokenGate {
  constructor(secret: string)
  /** @param at ms since 1970; @returns why it is refused; undefined if it is not */
  refusal(request: { token: string; method: string; path: string }, at?: number): string | undefined
}
