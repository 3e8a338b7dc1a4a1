import { describe, expect, test } from 'vitest'
import { entry, headers, posted, sent, textOf } from './recordings.ts'

describe('secrets', () => {
  const TOKEN = 'tok/en+0123456789'

  test.each([
    ...[
      'api_key',
      'token',
      'access_token',
      'signature',
      'X-Amz-Signature',
      'password',
      'sid',
      'session_id',
      'key',
    ].map((name): [string, object] => [
      `?${name}=`,
      entry('GET', `http://a.test/?a=1&${name}=${encodeURIComponent(TOKEN)}`),
    ]),
    [';jsessionid=', entry('GET', `http://a.test/cart;jsessionid=${encodeURIComponent(TOKEN)}?a=1`)],
    ...['Authorization', 'Cookie', 'X-Api-Key', 'X-CSRF-Token', 'X-Auth-User'].map(
      (name): [string, object] => [
        name,
        entry('GET', 'http://a.test/', { headers: headers({ [name]: TOKEN }) }),
      ],
    ),
    ['JSON', posted('application/json', JSON.stringify({ user: { name: 'ada', passWord: TOKEN } }))],
    ['a form', posted('application/x-www-form-urlencoded', new URLSearchParams({ token: TOKEN }).toString())],
    [
      'two of a form',
      posted('application/x-www-form-urlencoded', `a=1&a=2&${new URLSearchParams({ token: TOKEN })}`),
    ],
    ['parts', posted('multipart/form-data', '', { params: [{ name: 'secret', value: TOKEN }] })],
  ])('in %s come from the environment', (_, recorded) => {
    const text = textOf([recorded])
    expect(text).not.toContain(TOKEN)
    expect(text).not.toContain(encodeURIComponent(TOKEN))
    const variables = [...text.matchAll(/process\.env\.(SECRET_\w+)/g)].map(([, name]) => name!)
    expect(variables).toHaveLength(1)
    const [request] = sent([recorded], { [variables[0]!]: 'MINE+0' })
    expect(JSON.stringify(request)).toMatch(/MINE(\+|%2B)0/)
  })

  test.each(['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.sig', 'ghp_0123456789abcdefghij', 'Bearer abcdefgh0123'])(
    'are known by their shape anywhere: %s',
    secret => {
      const text = textOf([
        posted('text/plain', `\\${secret} and on`),
        posted('application/json', JSON.stringify({ note: `see ${secret}` })),
      ])
      expect(text).not.toContain(secret)
      expect(sent([posted('text/plain', `\\${secret} and on`)], { SECRET_SECRET: 'mine' })[0]!.body).toBe(
        '\\mine and on',
      )
    },
  )

  test('named in one place are found everywhere, and so are cookies that look random', () => {
    const cookie = headers({ cookie: 'theme=dark; sid=ab12cd34ef56gh78; lang=production' })
    const text = textOf([
      entry('GET', 'http://a.test/production/dark/sessions/ab12cd34ef56gh78', { headers: cookie }),
      entry('GET', 'http://a.test/reset/correct%2Bhorse'),
      posted('application/json', '{"password":"correct+horse"}'),
    ])
    expect(text).not.toMatch(/ab12cd|horse/)
    expect(text).toContain("'/production/dark/sessions/{{sid}}'")
    expect(text).toContain("'/reset/{{password}}'")
  })

  test.each([
    ['?token=&cookie=true&key=name&code=DE', 'token=&cookie=true&key=name&code=DE'],
    ['?next=secret', 'next=secret'],
  ])('are not suspected in %s', (query, kept) => {
    expect(textOf([entry('GET', `http://a.test/${query}`)])).toContain(kept)
  })

  test('are never numbers in JSON, whose type would change', () => {
    expect(textOf([posted('application/json', '{"max_tokens":512}')])).toContain('json({"max_tokens":512})')
  })
})
