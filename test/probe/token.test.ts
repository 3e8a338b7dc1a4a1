import { describe, expect, test } from 'vitest'
import { makeToken, TokenGate } from '../../harness/probe/token.cjs'

const AT = Date.parse('2026-11-29T12:00:00Z')
const secret = 'not for production'
const ask = { method: 'GET', path: '/orders' }
const made = (more: Partial<Parameters<typeof makeToken>[0]> = {}) =>
  makeToken({ secret, ...ask, at: AT, ...more })

describe('a token', () => {
  test('is good once, for its own request', () => {
    const gate = new TokenGate(secret)
    const token = made()
    expect(gate.refusal({ token, method: 'POST', path: '/orders' }, AT)).toBe('not valid')
    expect(gate.refusal({ token, method: 'GET', path: '/orders/1' }, AT)).toBe('not valid')
    expect(gate.refusal({ token, ...ask }, AT)).toBeUndefined()
    expect(gate.refusal({ token, ...ask }, AT)).toBe('used before')
    // What is forgotten by then has expired.
    expect(gate.refusal({ token, ...ask }, AT + 61_000)).toBe('expired')
    expect(gate.refusal({ token: made({ at: AT + 61_000 }), ...ask }, AT + 61_000)).toBeUndefined()
    expect(gate.refusal({ token, ...ask }, AT + 62_000)).toBe('expired')
  })

  test.each([
    ['nothing', ''],
    ['nonsense', 'open sesame'],
    ['a part of it', made().slice(0, -1)],
    ['more than it', `${made()}A`],
    ['another expiry', made().replace(/^\d+/, expiry => String(Number(expiry) + 1))],
    ['another secret', made({ secret: 'guessed' })],
    ['an enormous one', `${'9'.repeat(1e6)}.${made()}`],
  ])('is refused where there is %s', (_, token) => {
    expect(new TokenGate(secret).refusal({ token, ...ask }, AT)).toBe('not valid')
  })

  test('cannot be valid for long', () => {
    expect(() => made({ seconds: 601 })).toThrow(RangeError)
    expect(new TokenGate(secret).refusal({ token: made({ at: AT + 700_000 }), ...ask }, AT)).toBe(
      'valid for too long',
    )
  })
})
