/** Tokens that allow one capture each: `<expiry>.<nonce>.<signature>`, signed for one method and path. */
const { createHmac, randomBytes, timingSafeEqual } = require('node:crypto')

const HEADER = 'x-flamegate-trigger'
/** Characters of a token, and seconds for which one can be valid. */
const LONGEST = 128
const MOST_SECONDS = 600
const FORM = /^(\d{1,12})\.([\w-]{16,32})\.([\w-]{43})$/

const sign = (secret, ...parts) => createHmac('sha256', secret).update(parts.join('\n')).digest()

/** @param seconds from now until it expires; @param at ms since 1970 */
function makeToken({ secret, method = 'GET', path, seconds = 60, at = Date.now() }) {
  if (!(seconds >= 1 && seconds <= MOST_SECONDS))
    throw new RangeError(`A token is valid for 1 to ${MOST_SECONDS} seconds.`)
  const expiry = String(Math.floor(at / 1_000) + Math.ceil(seconds))
  const nonce = randomBytes(16).toString('base64url')
  return `${expiry}.${nonce}.${sign(secret, method, path, expiry, nonce).toString('base64url')}`
}

/**
 * Tells whether a token allows a capture. What it says of a token that is not signed right is always the same.
 */
class TokenGate {
  #secret
  /** Until when each used nonce would be valid: it is kept no longer. */
  #used = new Map()

  constructor(secret) {
    this.#secret = secret
  }

  /** @param at ms since 1970; @returns why it is refused; undefined if it is not */
  refusal({ token, method, path }, at = Date.now()) {
    const [, expiry, nonce, signature] = token.length > LONGEST ? [] : (FORM.exec(token) ?? [])
    if (expiry === undefined) return 'not valid'
    const wanted = sign(this.#secret, method, path, expiry, nonce)
    if (!timingSafeEqual(wanted, Buffer.from(signature, 'base64url'))) return 'not valid'
    const left = Number(expiry) - at / 1_000
    if (left <= 0) return 'expired'
    if (left > MOST_SECONDS + 1) return 'valid for too long'
    if (this.#used.has(nonce)) return 'used before'
    for (const [old, until] of this.#used) {
      // They expire in about the order in which they came.
      if (until > at / 1_000) break
      this.#used.delete(old)
    }
    this.#used.set(nonce, Number(expiry))
    return undefined
  }
}

module.exports = { makeToken, TokenGate, HEADER }
