import { describe, expect, test } from 'vitest'
import { get } from '../../harness/scenario/write.ts'
import { compileScript } from '../../harness/script/index.ts'

/** The `cookie` header of the next request, after answers that set these. */
function sent(...lines: string[]) {
  const steps = [get('/', { headers: lines[0] === 'own' ? { cookie: 'a=1' } : {} })]
  const session = compileScript({ steps, connections: 1, cookies: true }, {}, 1).session(0)
  for (const line of lines.slice(1)) {
    const [planned] = session.requests(0, 1)
    session.receive(planned!, { status: 200, headers: ['Set-Cookie', line], body: Buffer.alloc(0) })
  }
  return session.render(session.requests(0, 1)[0]!).headers.cookie
}

describe('cookies of a connection', () => {
  test.each<[string, string[], string | undefined]>([
    ['are none at first', [], undefined],
    ['are sent with later requests', ['sid=1; Path=/; HttpOnly', 'b=2'], 'sid=1; b=2'],
    ['are replaced by name', ['sid=1', 'b=2', 'sid=3'], 'sid=3; b=2'],
    ['can have signs of equality and no value', ['a=b=c', 'd='], 'a=b=c; d='],
    ['are removed by an age of zero', ['sid=1', 'sid=; Max-Age=0'], undefined],
    [
      'are removed by a date in the past',
      ['sid=1', 'sid=x; expires=Thu, 01 Jan 1970 00:00:00 GMT'],
      undefined,
    ],
    ['stay until a date in the future', ['sid=1; Expires=Fri, 01 Jan 2999 00:00:00 GMT'], 'sid=1'],
    ['need a name', ['nonsense', '=1'], undefined],
  ])('%s', (_, lines, expected) => {
    expect(sent('', ...lines)).toBe(expected)
  })

  test('come after those that the script sets', () => {
    expect(sent('own')).toBe('a=1')
    expect(sent('own', 'b=2')).toBe('a=1; b=2')
  })

  test('belong to one connection alone, and only where they are asked for', () => {
    const script = compileScript({ steps: [get('/')], connections: 2, cookies: true }, {}, 1)
    const [one, other] = [script.session(0), script.session(1)]
    const [planned] = one.requests(0, 1)
    one.receive(planned!, { status: 200, headers: ['set-cookie', 'a=1'], body: Buffer.alloc(0) })
    expect(one.render(planned!).headers).toEqual({ cookie: 'a=1' })
    expect(other.render(other.requests(0, 1)[0]!).headers).toEqual({})
    const without = compileScript({ steps: [get('/')], connections: 1 }, {}, 1).session(0)
    without.receive(planned!, { status: 200, headers: ['set-cookie', 'a=1'], body: Buffer.alloc(0) })
    expect(without.render(without.requests(0, 1)[0]!).headers).toEqual({})
  })
})
