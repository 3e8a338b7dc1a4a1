import { describe, expect, test } from 'vitest'
import type { HttpRequest } from '../../harness/model/http.ts'
import type { Step } from '../../harness/model/script.ts'
import { form, get, post, request } from '../../harness/scenario/write.ts'
import { compileScript } from '../../harness/script/index.ts'

const ORIGIN = 'http://127.0.0.1:4000'
const LOGIN = post('/login', form({ user: 'ada' }), { redirects: 2, headers: { Accept: 'text/html' } })

interface Answer {
  status?: number
  /** Null: none. */
  location?: string | null
  followed?: number
  cookie?: string
}

/** The request that follows when the step is answered so. */
function next(step: Step, { status = 302, location = '/', followed = 0, cookie }: Answer, cookies = false) {
  const session = compileScript({ steps: [step], connections: 1, cookies }, {}, 1).session(0)
  const [planned] = session.requests(0, 1)
  const headers = [
    ...(location === null ? [] : ['Location', location]),
    ...(cookie === undefined ? [] : ['set-cookie', cookie]),
  ]
  const response = { status, headers, body: Buffer.alloc(0) }
  return session.follow(planned!, { request: session.render(planned!), response, origin: ORIGIN, followed })
}

describe('a redirect', () => {
  test('is followed by GET without the body, or by the same request', () => {
    const got: HttpRequest = { method: 'GET', path: '/', headers: { accept: 'text/html' } }
    for (const status of [301, 302, 303]) expect(next(LOGIN, { status }), String(status)).toEqual(got)
    for (const status of [307, 308])
      expect(next(LOGIN, { status }), String(status)).toMatchObject({ method: 'POST', body: 'user=ada' })
    const head = request('HEAD', '/', undefined, { redirects: 1 })
    expect(next(head, { location: '/b' })).toMatchObject({ method: 'HEAD', path: '/b' })
  })

  test.each([
    ['/orders?page=2', '/orders?page=2'],
    ['welcome', '/welcome'],
    ['?again', '/login?again'],
    [`${ORIGIN}/home#top`, '/home'],
  ])('to %s leads to %s', (location, path) => {
    expect(next(LOGIN, { location })?.path).toBe(path)
  })

  test('leads to the host that the request named', () => {
    const step = get('/', { redirects: 1, headers: { host: 'shop.test' } })
    expect(next(step, { location: 'http://shop.test/a' })?.path).toBe('/a')
  })

  test.each<[string, Answer]>([
    ['leads to another origin', { location: 'http://127.0.0.1:4001/' }],
    ['has no location', { location: null }],
    ['has a location that is not a URL', { location: 'http://[' }],
    ['is a status of another kind', { status: 304 }],
    ['is one too many', { followed: 2 }],
  ])('is not followed if it %s', (_, answer) => {
    expect(next(LOGIN, answer)).toBeUndefined()
  })

  test('is not followed unless the step says so', () => {
    expect(next(get('/'), {})).toBeUndefined()
  })

  test('takes along the cookie that came with it, once', () => {
    const step = get('/', { redirects: 1, headers: { cookie: 'theme=dark' } })
    expect(next(step, { cookie: 'sid=1' }, true)?.headers).toEqual({ cookie: 'theme=dark; sid=1' })
    expect(next(step, { cookie: 'sid=1' })?.headers).toEqual({ cookie: 'theme=dark' })
  })
})
