import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MeasureError } from '../../harness/model/errors.ts'
import { REDACTED, redactedLines, redactor } from '../../harness/words/redaction.ts'

const environment = { DB_PASSWORD: 'hunter2hunter2', HOME: '/home/me', PIN_TOKEN: '1234', GREETING: 'hello' }
const redact = redactor([environment], ['INTERNAL_*'])

describe('secrets', () => {
  test.each([
    ['the value of a secret variable', 'cannot log in with hunter2hunter2', `cannot log in with ${REDACTED}`],
    ['a bearer token', 'Authorization: Bearer abcdefgh12345678', `Authorization: ${REDACTED}`],
    ['a user and password in an address', 'postgres://me:geheim@db/x', `postgres://${REDACTED}@db/x`],
    ['an assignment', 'start --api-key=abc123 --port=80', `start --api-key=${REDACTED} --port=80`],
    ['a field of JSON', '{"user":"me","password":"a\\"b"}', `{"user":"me","password":"${REDACTED}"}`],
    [
      'a variable of a program',
      "const apiToken = 'abc' // geheim",
      `const apiToken = '${REDACTED}' // geheim`,
    ],
    ['a property', 'connect({ password: `abc` })', `connect({ password: \`${REDACTED}\` })`],
    ['a query', '/cart?access_token=abc&n=1', `/cart?access_token=${REDACTED}&n=1`],
    ['a key of a cloud', 'AKIAABCDEFGHIJKLMNOP', REDACTED],
    ['a token of a forge', `ghp_${'a'.repeat(36)}`, REDACTED],
    ['a JWT', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIx.c2ln', REDACTED],
    ['a private key', '-----BEGIN RSA PRIVATE KEY-----\nabc', REDACTED],
  ])('%s is hidden', (_, text, clean) => {
    expect(redact(text)).toBe(clean)
  })

  test.each([
    'hello from /home/me',
    'Unexpected token: } at 1234',
    'if (token === other) return',
    'http://127.0.0.1:80/a@b',
    'npm run bench',
  ])('are not seen in %j', text => {
    expect(redact(text)).toBe(text)
  })

  test('are hidden by the names of fields, headers, variables and flags', () => {
    const plan = {
      environment: { DB_PASSWORD: 'x', INTERNAL_HOST: 'y', PORT: '80' },
      steps: [{ headers: { Authorization: 'z', accept: 'json' } }],
      command: ['node', '--auth-token', 'w', '--port', '80'],
      seed: 7,
    }
    expect(redact(plan)).toEqual({
      environment: { DB_PASSWORD: REDACTED, INTERNAL_HOST: REDACTED, PORT: '80' },
      steps: [{ headers: { Authorization: REDACTED, accept: 'json' } }],
      command: ['node', '--auth-token', REDACTED, '--port', '80'],
      seed: 7,
    })
    expect(plan.command).toContain('w')
  })

  test('are hidden in what an error says', () => {
    const error = redact(new MeasureError('no hunter2hunter2', { details: 'x hunter2hunter2', advice: 'y' }))
    expect(error).toBeInstanceOf(MeasureError)
    expect(error).toMatchObject({ message: `no ${REDACTED}`, details: `x ${REDACTED}`, advice: 'y' })
  })

  test('never come through, whatever text is around them', () => {
    const around = fc.string({ maxLength: 40 })
    fc.assert(
      fc.property(around, around, (before, after) => {
        const text = `${before}hunter2hunter2${after}`
        expect(JSON.stringify(redact({ text: [text] }))).not.toContain('hunter2')
      }),
    )
  })

  test('are hidden if a text was cut in the middle of one', () => {
    expect(redact('500 login hunter2hunt')).toBe(`500 login ${REDACTED}`)
    expect(redact('500 hunter2hunter')).toBe(`500 ${REDACTED}`)
    expect(redact("const password = 'geheim")).toBe(`const password = '${REDACTED}'`)
    expect(redact('a hunter on the hunt')).toBe('a hunter on the hunt')
  })

  test('are looked for in linear time', () => {
    for (const part of ['password', 'a-', 'eyJ', 'x://', '"token":"\\', '-----BEGIN PRIVATE KEY-----'])
      redact(part.repeat(200_000 / part.length))
  }, 20_000)
})

test('lines keep their numbers, also after a secret of several lines', () => {
  const key = ['-----BEGIN PRIVATE KEY-----', 'MIIB', 'AAAA', '-----END PRIVATE KEY-----`']
  const lines = ['function sign() {', `  const pem = \`${key[0]}`, ...key.slice(1), '  return use(pem)', '}']
  expect(redactedLines(lines, redact)).toEqual([lines[0], ...Array(4).fill(REDACTED), ...lines.slice(5)])
  expect(redactedLines(['login("hunter2hunter2")', '}'], redact)).toEqual([`login("${REDACTED}")`, '}'])
})
