// biome-ignore-all lint/suspicious/noTemplateCurlyInString: scripts are texts here
import { describe, expect, test } from 'vitest'
import { imported, sample } from './imported.ts'

const HEAD = `import http from 'k6/http'
import { check, group, sleep } from 'k6'
const BASE = 'http://shop.test'
`

/** The scenario of a script whose default function has these statements. They begin on line 5. */
const of = (statements: string, head = '') =>
  imported('k6', `${HEAD}export default function () {\n${statements}\n}\n${head}`, 'shop.js')

const stepsOf = (statements: string, head?: string) => of(statements, head).steps

test('a script becomes a flow with its login, captures and expectations, and says what it leaves out', () => {
  const { setup, steps, connections, notes, text } = imported('k6', sample('shop.k6.js'))
  const headers = { authorization: 'Bearer {{access_token}}', 'x-tenant': '{{tenant}}' }
  expect(setup).toMatchObject([
    {
      name: 'POST /login',
      body: { kind: 'json', value: { user: 'ada', password: '{{password}}' } },
      capture: { access_token: { json: 'access_token' } },
    },
  ])
  expect(steps).toMatchObject([
    { name: 'GET /products?page=2', expect: { body: 'shoes' } },
    {
      name: 'POST /cart',
      body: { kind: 'json', value: { product: 7, note: "it's" } },
      headers,
      capture: { id: { json: 'item.id' } },
      expect: { status: 201 },
    },
    { name: 'PUT /cart/{{id}}', body: { kind: 'json', value: { amount: 2, id: '{{id}}' } }, headers },
    { name: 'DELETE /cart/{{id}}', headers },
    { name: 'GET /a', expect: { status: [200, 204] } },
    { name: 'POST /form', body: { kind: 'form', fields: { a: '1', b: 'x y' } } },
    { name: 'GET /browse' },
  ])
  expect(steps).toHaveLength(7)
  expect(connections).toBe(50)
  expect(text).not.toContain('lovelace')
  expect(text).toContain("tenant: process.env.TENANT ?? ''")
  for (const note of [
    "shop.k6.js:6: `import { visit } from './helpers.js'` is not read",
    'shop.k6.js:13: of the stages, the highest is taken: 50',
    'shop.k6.js:19: the threshold `http_req_failed: rate<0.01` is left out',
    'a request with `users`, which is known only while the script runs',
    '1 request in a loop is left out',
    '1 request in a condition is left out',
    'a request to another origin (cdn.example.com)',
    '`sleep` is left out, here and elsewhere',
    'its JSON gets a content-type, which k6 does not send',
  ])
    expect(notes.filter(line => line.includes(note))).toHaveLength(1)
})

describe('a request', () => {
  test.each<[string, object]>([
    ['http.get(`${BASE}/a`)', { method: 'GET', path: '/a' }],
    ["http.get(http.url`${BASE}/a/${'b'}`)", { path: '/a/b' }],
    ["http.head(BASE + '/a')", { method: 'HEAD', path: '/a' }],
    ["http.options(BASE + '/a')", { method: 'OPTIONS', path: '/a' }],
    ["http.patch(BASE, 'x')", { method: 'PATCH', path: '/', body: { kind: 'raw', text: 'x' } }],
    ["http.request('PURGE', BASE + '/a')", { method: 'PURGE', path: '/a' }],
    ["await http.asyncRequest('PUT', BASE, { a: [1, 2] })", { body: { kind: 'raw', text: 'a=1&a=2' } }],
    ["http.get(BASE, { cookies: { theme: 'dark' } })", { headers: { cookie: '{{cookie}}' } }],
    ["http.get('http://ada:secret@shop.test/')", { headers: { authorization: '{{authorization}}' } }],
    ["http.get(`${__ENV.BASE_URL || 'http://shop.test/v1'}/a`)", { path: '/v1/a' }],
    ['http.get(`${__ENV.BASE_URL}/a`)', { path: '/a' }],
    ['http.get(`http://${__ENV.HOST}:8080/a`)', { path: '/a' }],
    ["http.get(__ENV.BASE_URL + 'a')", { path: '/a' }],
    ["http.get(__ENV.STAGE === 'prod' ? 'http://a.test/prod' : BASE + '/stage')", { path: '/stage' }],
    ["let url = BASE; url = url + '/late'; http.get(url)", { path: '/late' }],
    ["const { url } = { url: BASE + '/in' }; http.get(url)", { path: '/in' }],
    ["if (!check(http.get(BASE), { ok: r => r.status == 204 })) fail('x')", { expect: { status: 204 } }],
    ["try { http.get(BASE + '/a') } catch { }", { path: '/a' }],
    ["console.log(http.get(BASE + '/a').status)", { path: '/a' }],
    ["check(http.get(BASE), { ok: r => r.body.indexOf('x') !== -1 })", { expect: { body: 'x' } }],
  ])('is found in %s', (statement, step) => {
    // The helpers have no async function around them, so one is made here.
    const script = `${HEAD}export default async function () { ${statement} }`
    expect(imported('k6', script, 'shop.js').steps).toMatchObject([step])
  })

  test('of `http.batch` can be in an object', () => {
    expect(
      stepsOf(
        "const r = http.batch({ a: BASE + '/a', b: ['POST', BASE, 'x'] }); check(r.b, { ok: r => r.status === 202 })",
      ),
    ).toMatchObject([{ path: '/a' }, { method: 'POST', expect: { status: 202 } }])
  })

  test.each([
    ['res.json().a.b', { json: 'a.b' }],
    ["res.json('list.0.id')", { json: 'list.0.id' }],
    ['JSON.parse(res.body)[0].id', { json: '0.id' }],
    ["res.headers['Location']", { header: 'location' }],
    ['res.cookies.sid[0].value', { cookie: 'sid' }],
  ])('uses a value of an answer: %s', (expression, source) => {
    const [first, second] = stepsOf(
      `const res = http.get(BASE); const it = ${expression}; http.get(BASE + '/x/' + it)`,
    )
    expect(Object.values(first!.capture!)).toEqual([source])
    expect(second!.path).toBe(`/x/{{${Object.keys(first!.capture!)[0]}}}`)
  })

  test('in a function of the script is made where that is called', () => {
    const functions = `function login(name) { return http.post(BASE + '/login', { name }).json('token') }
      const look = (path, token) => { http.get(BASE + path, { headers: { 'x-token': token } }) }
      function again() { http.get(BASE + '/again'); again() }`
    const steps = stepsOf(
      "const token = login('ada'); look('/a', token); look('/b', token); again()",
      functions,
    )
    expect(steps.slice(0, 4)).toMatchObject([
      { path: '/login', body: { fields: { name: 'ada' } }, capture: { token: { json: 'token' } } },
      { path: '/a', headers: { 'x-token': '{{token}}' } },
      { path: '/b', headers: { 'x-token': '{{token}}' } },
      { path: '/again' },
    ])
    // It calls itself without end.
    expect(steps.length).toBeLessThan(20)
  })

  test.each([
    'http.get(BASE + paths[Math.floor(Math.random() * paths.length)])',
    'http.get(BASE + randomItem(paths))',
    'http.get(BASE + paths[__ITER % paths.length])',
  ])('takes the first of several values: %s', statement => {
    const { steps, notes } = of(statement, "const paths = ['/a', '/b']")
    expect(steps).toMatchObject([{ path: '/a' }])
    expect(notes.join()).toMatch(/shop\.js:5: of the values of `.*paths.*`, the first is taken/)
  })

  test('follows as many redirects as it did', () => {
    expect(stepsOf('http.get(BASE, { redirects: 3 }); http.get(BASE, { redirects: 0 })')).toEqual([
      expect.objectContaining({ redirects: 3 }),
      expect.not.objectContaining({ redirects: 0 }),
    ])
  })

  test('captures values of two answers under two names', () => {
    const steps = stepsOf(`const a = http.get(BASE).json('id'); const b = http.get(BASE).json('id')
      http.post(BASE, JSON.stringify({ a, b }), { headers: { 'content-type': 'application/json' } })`)
    expect(steps[2]!.body).toEqual({ kind: 'json', value: { a: '{{id}}', b: '{{id2}}' } })
  })

  test.each([
    [
      'http.get(BASE + Math.random())',
      'shop.js:6: a request with `Math.random()`, which is known only while',
    ],
    ['http.get(`${BASE}/${__VU}`)', 'shop.js:6: a request with `__VU`'],
    ['http.post(BASE, open("a.bin"))', 'shop.js:6: a request with `open("a.bin")`'],
    ['http.get("ws://shop.test/live")', 'shop.js:6: a request to a WebSocket'],
    ['http.get("nowhere")', 'shop.js:6: a request whose address is not a URL (`nowhere`)'],
    ['http.request("connect", BASE)', 'shop.js:6: a request with a method that cannot be sent'],
    ['const next = http.get(BASE).json("next"); http.get(next)', 'a request whose address is in an answer'],
    [
      'const n = http.get("http://b.test/").json("n"); http.get(BASE + "/" + n)',
      'needs a value which no earlier step captures',
    ],
    ['list.forEach(it => http.get(BASE + it))', 'shop.js:6: 1 request in a function that is not followed'],
    ['let n = 0; for (;;) { n++; http.get(BASE) } ; http.get(BASE + "/" + n)', 'a request with `n`'],
    [
      'check(http.get(BASE), { down: r => r.status === 0 })',
      'the check `down: r => r.status === 0` is left out',
    ],
    ['http.get(BASE, { auth: "digest" })', '`auth` of the request is left out'],
    [
      'check(http.get(BASE), { slow: r => r.timings.duration < 5 })',
      'the check `slow: r => r.timings.duration < 5`',
    ],
  ])('that is not literal is left out, with its line: %s', (statement, note) => {
    const { notes } = of(`http.get(BASE); http.get(BASE)\n${statement}`)
    expect(notes.join('\n')).toContain(note)
  })

  test('is left out when a variable of the script changes from run to run', () => {
    const { notes } = of('http.get(BASE)\nhttp.get(`${BASE}/${turn}`); turn += 1', 'let turn = 1')
    expect(notes).toContain('shop.js:6: a request with `turn`, which is known only while the script runs')
  })
})

describe('options', () => {
  const optionsOf = (options: string) =>
    of('http.get(BASE)\nhttp.get(BASE)', `export const options = ${options}`)

  test.each([
    ['{ vus: 20, duration: "1m" }', { connections: 20 }],
    ['{ vus: 5000 }', { connections: 1_000 }],
    ['{ vus: Number(__ENV.VUS || "7") }', { connections: 7 }],
    ['{ scenarios: { a: { executor: "constant-vus", vus: 3 } } }', { connections: 3 }],
    ['{ scenarios: { a: { executor: "constant-arrival-rate", rate: 30 } } }', { engine: 'open', rate: 60 }],
    [
      '{ scenarios: { a: { executor: "ramping-arrival-rate", startRate: 60, timeUnit: "1m", stages: [{ target: 300 }, { target: 0 }] } } }',
      { engine: 'open', rate: 10 },
    ],
    ['{ tags: {} }', {}],
  ])('%s', (options, load) => {
    const { steps: _, ...others } = optionsOf(options)
    const { connections, engine, rate } = others
    expect(JSON.parse(JSON.stringify({ connections, engine, rate }))).toEqual(load)
  })

  const RATE = 'scenarios: { a: { executor: "constant-arrival-rate", rate: 30 } }'

  test('limits of latency become gates of a load with a rate', () => {
    const thresholds =
      'thresholds: { http_req_duration: ["p(99)<250", { threshold: "med<=50" }, "p(95)<100"] }'
    const { scenario, notes } = optionsOf(`{ ${RATE}, ${thresholds} }`)
    expect(scenario.gates).toEqual({
      'cpu.perRequest': '+2%',
      'latency.p99': { max: '250ms' },
      'latency.p50': { max: '50ms' },
      errors: 0,
    })
    expect(notes).toContain('shop.js:8: `p95 < 100 ms` is left out: gates know p50, p90, p99 and p99.9')
    const closed = optionsOf(`{ vus: 2, ${thresholds} }`)
    expect(closed.scenario.gates).toBeUndefined()
    expect(closed.notes.join('\n')).toContain("(as a gate: 'latency.p99': { max: '250ms' })")
  })

  test('functions that scenarios name follow each other', () => {
    const named = `export function buy() { http.get(BASE + '/buy') }
      export const options = { scenarios: { a: { exec: 'buy', executor: 'constant-vus', vus: 2 }, b: { executor: 'constant-vus', vus: 3 } } }`
    const { steps, connections } = of("http.get(BASE + '/look')", named)
    expect([steps.map(({ path }) => path), connections]).toEqual([['/buy', '/look'], 3])
  })

  test('that are not literal are left out one by one', () => {
    const { connections, notes } = optionsOf('{ vus: 4, cloud: build() }')
    expect(connections).toBe(4)
    expect(notes).toContain('shop.js:8: `cloud: build()` is known only while the script runs')
  })
})

test('a script whose requests are all left out says why, without blaming its setup', () => {
  const script = `${HEAD}export function setup() { http.get(BASE) }
export default () => { http.get(BASE + nowhere) }`
  expect(() => imported('k6', script, 'shop.js')).toThrow(
    expect.objectContaining({
      place: 'shop.js',
      details: 'shop.js:5: a request with `nowhere`, which is known only while the script runs',
    }),
  )
})

test('a script has 1,000 steps at most, and its setup 100', () => {
  const many = (count: number) => 'http.get(BASE);'.repeat(count)
  const { setup, steps, notes } = of(many(1_002), `export function setup() { ${many(101)} }`)
  expect([setup?.length, steps.length]).toEqual([100, 1_000])
  expect(notes.filter(note => note.includes('the most that a script can have'))).toHaveLength(2)
})

test('a script in TypeScript is read, with its lines', () => {
  const script = `import { get } from 'k6/http'
interface Order { id: number }
const main = (): void => {
  const order = get(\`\${__ENV.BASE_URL}/order\`).json() as unknown as Order
  get(\`\${__ENV.BASE_URL}/orders/\${order.id}\`)
  get(nowhere as string)
}
export default main`
  const { steps, notes } = imported('k6', script, 'shop.ts')
  expect(steps.map(({ path }) => path)).toEqual(['/order', '/orders/{{id}}'])
  expect(notes).toContain('shop.ts:6: a request with `nowhere`, which is known only while the script runs')
})

test('the content of a script cannot break out of the scenario', () => {
  const evil = "'+process.exit(1)+'`*/\\n\\u2028"
  const { steps } = of(`http.get(BASE + "/?a=${evil}"); http.post(BASE, "${evil}")
    http.get(\`\${BASE}\${"${evil}" + x}\`)`)
  expect(steps).toHaveLength(2)
  expect(steps[1]!.body).toMatchObject({ text: "'+process.exit(1)+'`*/\n\u2028" })
})
