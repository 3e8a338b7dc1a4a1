import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa, type ResultPromise } from 'execa'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadCapabilities } from '../../harness/capabilities.ts'
import { loaderContract } from '../../harness/contract/index.ts'
import type { LoadSession, Sink } from '../../harness/model/capabilities.ts'
import { form, get, json, post, raw } from '../../harness/scenario/write.ts'
import { compileScript, type Source } from '../../harness/script/index.ts'
import { Reported } from './reported.ts'
import { CLIENTS, unavailable, WithWorkers } from './workers.ts'

const SERVER = join(import.meta.dirname, '../fixtures/server.js')
const { loaders } = await loadCapabilities()

const nobody: Sink = { latency() {}, failed() {} }

const kinds = loaders.flatMap(loader =>
  (loader.name === 'gate' ? CLIENTS : [undefined]).map(client => ({
    loader: new WithWorkers(loader, client),
    reason: unavailable(loader, client),
  })),
)
for (const { loader, reason } of kinds.filter(({ reason }) => reason !== ''))
  it.skip(`loader ${loader.name} (skipped: ${reason})`, () => {})

const available = kinds.flatMap(({ loader, reason }) => (reason === '' ? [loader] : []))

describe.each(available)('loader $name', loader => {
  let server: ResultPromise<{ buffer: false; reject: false }>
  let url = ''
  let sessions: LoadSession[] = []

  beforeEach(async () => {
    server = execa(process.execPath, [SERVER], { buffer: false, reject: false })
    const [port] = await once(server.stdout, 'data')
    url = `http://127.0.0.1:${String(port).trim()}`
  })

  afterEach(async () => {
    await Promise.all(sessions.map(session => session.close()))
    sessions = []
    server.kill('SIGKILL')
    await server
    await loader.end()
  })

  async function open(steps = [get('/a')], connections = 3, pipelining = 1, more: Partial<Source> = {}) {
    const load = { connections, pipelining }
    const script = compileScript({ steps, connections, ...more }, {}, 7)
    const session = await loader.open({ url, script, load, seed: 7, timeout: 1_000 })
    sessions.push(session)
    return session
  }

  const ask = async <T>(path: string) => (await (await fetch(url + path)).json()) as T
  const seen = () => ask<Record<string, number>>('/seen')
  const log = () => ask<{ url: string; headers: Record<string, string>; body: string }[]>('/log')

  const serve = async () => ({
    url,
    answered: async () => Object.values(await seen()).reduce((sum, count) => sum + count, 0),
    stop: () => {},
  })
  for (const check of loaderContract(loader, serve)) it(check.name, check.run)

  it('runs the script exactly as often as asked on every connection', async () => {
    const session = await open([get('/a'), get('/size/300'), post('/b', json({ x: 1 }))], 3)
    const load = await session.slice({ first: 0, times: 5 }, nobody)
    expect(load).toMatchObject({ requests: 45, errors: 0, unexpected: 0 })
    expect(load.bytes).toBeGreaterThan(15 * 300)
    expect(load.wall).toBeGreaterThan(0)
    expect(await seen()).toEqual({ 'GET /a': 15, 'GET /size/300': 15, 'POST /b': 15 })
  })

  const places: [
    string,
    () => Record<string, string>,
    (place: string) => { url: string; socket?: string },
  ][] = [
    ['TLS', () => ({ TLS: '1' }), port => ({ url: `https://127.0.0.1:${port}` })],
    [
      'a Unix socket',
      () => ({ PORT: join(mkdtempSync(join(tmpdir(), 'flamegate-')), 'socket') }),
      socket => ({ url: 'http://localhost', socket }),
    ],
  ]
  const reachable = places.filter(([name]) => name === 'TLS' || !loader.lacks?.['a Unix socket'])

  it.each(reachable)(
    'sends over %s, and again after the connection was closed',
    async (_, environment, place) => {
      const other = execa(process.execPath, [SERVER], { env: environment(), buffer: false, reject: false })
      try {
        const [port] = await once(other.stdout, 'data')
        const load = { connections: 2, pipelining: 1 }
        const script = compileScript({ steps: [get('/size/100000'), get('/close')], connections: 2 }, {}, 7)
        const where = place(String(port).trim())
        const session = await loader.open({ ...where, script, load, seed: 7, timeout: 1_000 })
        sessions.push(session)
        const reported = new Reported()
        const { requests, errors, bytes } = await session.slice({ first: 0, times: 2 }, reported)
        expect({ requests, errors }).toEqual({ requests: 4, errors: 4 })
        expect(bytes).toBeGreaterThanOrEqual(4 * 100_000)
        expect(reported.failures[0]!.reason).toMatch(/closed|ECONNRESET|hang up/)
      } finally {
        other.kill('SIGKILL')
        await other
      }
    },
  )

  it('sends nothing between slices, and keeps the connections', async () => {
    const session = await open()
    await session.slice({ first: 0, times: 2 }, nobody)
    const between = await seen()
    await session.slice({ first: 2, times: 3 }, nobody)
    expect(between).toEqual({ 'GET /a': 6 })
    expect(await seen()).toEqual({ 'GET /a': 15 })
  })

  it('reports the latency and the step of every response', async () => {
    const session = await open([get('/a'), get('/size/5')], 2)
    const reported = new Reported()
    await session.slice({ first: 0, times: 4 }, reported)
    expect(reported.latencies.filter(([step]) => step === 0)).toHaveLength(8)
    expect(reported.latencies.filter(([step]) => step === 1)).toHaveLength(8)
    for (const [, microseconds] of reported.latencies) expect(microseconds).toBeGreaterThan(0)
  })

  it.skipIf(loader.lacks?.pipelining)('sends every request, however many are pipelined', async () => {
    const session = await open([get('/a')], 2, 4)
    expect(await session.slice({ first: 0, times: 10 }, nobody)).toMatchObject({ requests: 20, errors: 0 })
    expect(await seen()).toEqual({ 'GET /a': 20 })
  })

  it('sends headers, query and bodies as in the script', async () => {
    const steps = [
      post('/echo', form({ name: 'Ada & Co', age: 36 }), { query: { a: 'ä' }, headers: { 'x-mine': '1' } }),
      post('/echo', raw(new Uint8Array([0, 255, 10]), 'application/octet-stream')),
    ]
    const session = await open(steps, 1)
    await session.slice({ first: 0, times: 1 }, nobody)
    const [first, second] = await log()
    expect(first).toMatchObject({
      url: '/echo?a=%C3%A4',
      body: Buffer.from('name=Ada%20%26%20Co&age=36').toString('base64'),
    })
    expect(first!.headers).toMatchObject({
      'x-mine': '1',
      'content-type': 'application/x-www-form-urlencoded',
      'content-length': '26',
    })
    expect(second).toMatchObject({ body: Buffer.from([0, 255, 10]).toString('base64') })
  })

  it('takes values from the data and from responses, separately on each connection', async () => {
    const steps = [
      post('/token', json({ user: '{{user}}' }), { capture: { token: { json: 'token' } } }),
      get('/who/:user', { headers: { authorization: 'Bearer {{token}}' }, expect: { body: '"right":true' } }),
    ]
    const data = [{ user: 'ada' }, { user: 'bob' }, { user: 'eve' }]
    const session = await open(steps, 2, 1, { data })
    const reported = new Reported()
    const load = await session.slice({ first: 0, times: 3 }, reported)
    expect(reported.failures).toEqual([])
    expect(load).toMatchObject({ requests: 12, unexpected: 0 })
    expect(await seen()).toMatchObject({ 'GET /who/ada': 2, 'GET /who/bob': 2, 'GET /who/eve': 2 })
  })

  it('sends the setup once on each connection, uncounted, before the first slice', async () => {
    const setup = [post('/token', json({ user: 'ada' }), { capture: { token: { json: 'token' } } })]
    const steps = [
      get('/who/ada', { headers: { authorization: 'Bearer {{token}}' }, expect: { body: 'true' } }),
    ]
    const session = await open(steps, 3, 1, { setup })
    expect(await seen()).toEqual({ 'POST /token': 3 })
    expect(await session.slice({ first: 0, times: 2 }, nobody)).toMatchObject({ requests: 6, unexpected: 0 })
    // An open loop opens more connections when all are busy, each with its own setup.
    expect(await seen()).toMatchObject({ 'GET /who/ada': 6 })
  })

  it('rejects when the setup fails', async () => {
    await expect(open([get('/a')], 2, 1, { setup: [get('/status/500')] })).rejects.toThrow(
      /setup of a connection failed: status 500/,
    )
  })

  it('sends the same requests for the same slice, in whatever order slices run', async () => {
    const steps = [get('/a/:n', { weight: 3 }), get('/b/:n', { weight: 1 })]
    const data = (random: () => number) => ({ n: Math.floor(random() * 1_000) })
    const counts = async (orders: number[]) => {
      const session = await open(steps, 2, 1, { data })
      const before = await seen()
      for (const first of orders) await session.slice({ first, times: 10 }, nobody)
      const after = await seen()
      return Object.fromEntries(Object.entries(after).map(([path, n]) => [path, n - (before[path] ?? 0)]))
    }
    const once = await counts([0, 10])
    const again = await counts([10, 0])
    const same = Object.entries(again).filter(([, count]) => count > 0)
    expect(Object.fromEntries(same)).toEqual(once)
    expect(Object.keys(once).length).toBeGreaterThan(20)
  })

  it('counts unexpected responses, and keeps a sample', async () => {
    const steps = [get('/a'), get('/status/503'), get('/status/404', { expect: { status: [404] } })]
    const session = await open(steps)
    const reported = new Reported()
    expect(await session.slice({ first: 0, times: 2 }, reported)).toMatchObject({
      requests: 18,
      unexpected: 6,
      errors: 0,
    })
    expect(reported.failures).toHaveLength(6)
    expect(reported.failures[0]).toEqual({
      step: 1,
      kind: 'unexpected',
      reason: 'status 503',
      sample: '503 no',
    })
    // One is enough: others are nearly the same.
    expect(reported.failures.filter(({ sample }) => sample)).toHaveLength(1)
  })

  it('counts a redirect as a response, and does not follow it', async () => {
    const session = await open([get('/status/302')], 1)
    const reported = new Reported()
    await session.slice({ first: 0, times: 1 }, reported)
    expect(reported.failures).toMatchObject([{ kind: 'unexpected', reason: 'status 302' }])
  })

  it('counts requests that the server drops, and ends the slice', async () => {
    const session = await open([get('/a'), get('/a'), get('/a'), get('/close')], 2)
    const reported = new Reported()
    expect(await session.slice({ first: 0, times: 2 }, reported)).toMatchObject({ requests: 12, errors: 4 })
    for (const { kind, reason } of reported.failures) {
      expect(kind).toBe('error')
      expect(reason).toMatch(/closed|reset|ECONNRESET|hang up/)
    }
  })

  it('counts a response that never ends as an error with the time waited, and goes on', async () => {
    const session = await open([get('/a'), get('/half')], 2)
    const reported = new Reported()
    expect(await session.slice({ first: 0, times: 1 }, reported)).toMatchObject({ requests: 2, errors: 2 })
    expect(reported.failures.map(({ reason }) => reason)).toEqual(['it timed out', 'it timed out'])
    const late = reported.latencies.filter(([step]) => step === 1)
    expect(late).toHaveLength(2)
    for (const [, microseconds] of late) expect(microseconds).toBeGreaterThanOrEqual(1e6)
    const next = new Reported()
    await session.slice({ first: 1, times: 1 }, next)
    expect(next.failures).toHaveLength(2)
  })

  it('reports a response that is not HTTP without waiting for its end', async () => {
    const session = await open([get('/a'), get('/a'), get('/garbage')], 2)
    const reported = new Reported()
    expect(await session.slice({ first: 0, times: 2 }, reported)).toMatchObject({ requests: 8, errors: 4 })
    // Other engines have words of their own.
    if (!loader.lacks)
      for (const { reason } of reported.failures) expect(reason).toMatch(/^its answer is not HTTP/)
  })

  it('gives up on a server that drops everything', async () => {
    const session = await open([get('/close')], 2)
    await expect(session.slice({ first: 0, times: 50 }, nobody)).rejects.toThrow(/lost/)
  })

  it('gives up on a server that is gone', async () => {
    const session = await open([get('/a'), get('/exit')], 2)
    await expect(session.slice({ first: 0, times: 50 }, nobody)).rejects.toThrow(/lost/)
  })
})
