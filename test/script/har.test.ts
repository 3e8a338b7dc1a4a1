import { describe, expect, test } from 'vitest'
import * as api from '../../harness/index.ts'
import type { Scenario } from '../../harness/model/scenario.ts'
import { scenarioFromHar } from '../../harness/script/index.ts'

const har = (entries: unknown[]) => JSON.stringify({ log: { version: '1.2', entries } })

const entry = (method: string, url: string, more: object = {}, status = 200) => ({
  request: { method, url, headers: [], ...more },
  response: { status },
})

/** The scenario that the text stands for, as Node would load it. */
function load(text: string): Scenario {
  const body = text
    .replace(/^import .*$/m, '')
    .replace('export default', 'return')
    .replace('import.meta.dirname', "'/app'")
  return new Function(...Object.keys(api), body)(...Object.values(api)) as Scenario
}

describe('a recording becomes a scenario', () => {
  test('with its methods, paths, bodies and what was answered, and without its secrets', () => {
    const text = scenarioFromHar(
      har([
        entry('GET', 'http://shop.test/products?page=2', {
          headers: [
            { name: 'Accept', value: 'application/json' },
            { name: 'Cookie', value: 'sid=verysecret' },
          ],
        }),
        entry('GET', 'https://cdn.test/logo.png'),
        entry('POST', 'http://shop.test/cart', {
          headers: [{ name: 'content-type', value: 'application/json' }],
          postData: { mimeType: 'application/json', text: '{"product": 7, "note": "it\'s"}' },
        }),
        entry('POST', 'http://shop.test/login', {
          postData: { mimeType: 'application/x-www-form-urlencoded', text: 'user=ada&word=a%20b' },
        }),
        entry('DELETE', 'http://shop.test/cart/1', {}, 404),
        entry('OPTIONS', 'http://shop.test/a:b/:c'),
      ]),
    )
    expect(text).not.toContain('verysecret')
    expect(text).toContain('Left out because they are secret: cookie.')
    expect(load(text).load.steps).toMatchObject([
      { method: 'GET', path: '/products?page=2', headers: { accept: 'application/json' } },
      { method: 'POST', path: '/cart', body: { kind: 'json', value: { product: 7, note: "it's" } } },
      { method: 'POST', path: '/login', body: { kind: 'form', fields: { user: 'ada', word: 'a b' } } },
      { method: 'DELETE', path: '/cart/1', expect: { status: 404 } },
      { method: 'OPTIONS', path: '/a:b/%3Ac' },
    ])
  })

  test('whatever is in it, nothing gets out of its strings', () => {
    const path = "/x?'+process.exit(1)+'`\\"
    const text = scenarioFromHar(
      har([
        entry('POST', `http://a.test${path}`, { postData: { mimeType: "a'b", text: "'); throw 1; ('\n" } }),
      ]),
    )
    expect(load(text).load.steps).toMatchObject([
      { method: 'POST', body: { kind: 'raw', text: "'); throw 1; ('\n", type: "a'b" } },
    ])
  })
})

test.each([
  ['', /cut off or is no JSON/],
  ['{"log": {"entries": [', /cut off or is no JSON/],
  ['{"log": {}}', /no `log.entries`/],
  ['[]', /no `log.entries`/],
  ['null', /no `log.entries`/],
  [har([]), /holds no HTTP request/],
  [har([{ request: { url: 'http://a.test/' } }]), /no request with a method and a URL/],
  [har([{ request: { method: 'GET', url: 'not a url' } }]), /no request with a method and a URL/],
  [har([null]), /no request with a method and a URL/],
  [har([entry('GET', 'data:text/plain,hi')]), /holds no HTTP request/],
])('%s is refused', (text, message) => {
  expect(() => scenarioFromHar(text)).toThrow(message)
})
