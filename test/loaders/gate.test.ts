/** The gate, and workers that do not do what they should. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as wait } from 'node:timers/promises'
import { execa } from 'execa'
import { afterEach, describe, expect, it, vi } from 'vitest'

import { Gate, type Place } from '../../harness/loaders/gate/gate.ts'
import { type Message, type Order, type Outcome, wrongIn } from '../../harness/loaders/gate/messages.ts'
import loader from '../../harness/loaders/gate.ts'
import { get } from '../../harness/scenario/write.ts'
import { compileScript } from '../../harness/script/index.ts'
import { freePort, WithWorkers } from '../contract/workers.ts'

const ROOT = join(import.meta.dirname, '../..')
const TLS = join(ROOT, 'test/fixtures/tls')
const K6 = join(ROOT, 'test/fixtures/k6/k6')
const CLIENT = join(ROOT, 'harness/loaders/gate/k6.js')

const requests = ['/a', '/b'].map(path => ({ method: 'GET', path, headers: {} }))
const task = { base: 'http://127.0.0.1:1', timeout: 100, requests }

let gate: Gate

async function open(lanes = 1, more: Partial<Place> = {}, late?: number) {
  gate = await Gate.open(lanes, { host: '127.0.0.1', port: 0, ...more }, late)
}

const post = (body: string, headers: Record<string, string> = {}, path = '/next') =>
  fetch(gate.url + path, { method: 'POST', body, headers })

const ask = (message: Partial<Message> = {}) => post(JSON.stringify({ worker: 'ada', ...message }))

const orderIn = async (response: Promise<Response>) => (await (await response).json()) as Order

const answers = [
  { took: 10, status: 200, bytes: 2 },
  { took: 20, status: 200, bytes: 3 },
]
const outcomeOf = ({ order }: Order, more: Partial<Outcome> = {}) => ({ order, took: 40, answers, ...more })

/** A worker that gets an order and tells this of it. */
async function tell(more: Partial<Outcome>) {
  const asked = ask()
  const run = gate.run(0, task)
  run.catch(() => {})
  const order = await orderIn(asked)
  void ask({ lane: order.lane, outcome: outcomeOf(order, more) })
  return { run, order }
}

describe('the gate', () => {
  afterEach(() => gate.close())

  it('hands an order to a worker that waits, and takes what became of it', async () => {
    await open()
    const { run, order } = await tell({ busy: 0.5 })
    expect(order).toMatchObject({ ...task, lane: 0, order: 1 })
    expect(await run).toEqual({ order: 1, took: 40, busy: 0.5, answers })
  })

  it('keeps an order until its worker comes', async () => {
    await open()
    const run = gate.run(0, task)
    const order = await orderIn(ask())
    void ask({ lane: 0, outcome: outcomeOf(order) })
    expect((await run).order).toBe(1)
  })

  it('gives each worker a lane, and turns one too many away', async () => {
    await open(2)
    const waiting = [ask({ worker: 'ada' }), ask({ worker: 'bob' })]
    await gate.joined(5_000)
    expect((await ask({ worker: 'eve' })).status).toBe(409)
    await gate.close()
    expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual([410, 410])
  })

  it('says how many have come when some have not', async () => {
    await open(2)
    void ask()
    await expect(gate.joined(300)).rejects.toThrow(/^Of 2 workers, 1 have come to the gate at http/)
  })

  it.each([
    ['too few requests', { answers: answers.slice(1) }, /asked for 2 requests and tells of 1/],
    ['too many', { answers: [...answers, ...answers] }, /asked for 2 requests and tells of 4/],
    [
      'requests longer than the whole',
      { took: 1, answers: [{ ...answers[0]!, took: 1e6 }, answers[1]!] },
      /took 1000.0 ms in 0.0 ms/,
    ],
    ['more time than has passed', { took: 1e9 }, /says that it took 1000000.0 ms/],
    ['a status that is not one', { answers: [{ ...answers[0]!, status: 7 }, answers[1]!] }, /answer 1 lacks/],
    ['a share above one', { busy: 2 }, /busy share/],
  ])('names a worker that tells of %s', async (_, more, reason) => {
    await open()
    const { run } = await tell(more)
    await expect(run).rejects.toThrow(/^worker ada reports something impossible/)
    await expect(run).rejects.toThrow(reason)
  })

  it('names a worker that reports on an order twice', async () => {
    await open()
    const { run, order } = await tell({})
    await run
    const again = gate.run(0, task)
    void ask({ lane: 0, outcome: outcomeOf(order) })
    await expect(again).rejects.toThrow('worker ada has reported on the same order twice')
  })

  it('ignores what an old message says of an order long ago', async () => {
    await open()
    const orders: Order[] = []
    for (let asked = ask(); orders.length < 3; ) {
      const run = gate.run(0, task)
      orders.push(await orderIn(asked))
      const [first, , last] = orders
      if (last) void ask({ lane: 0, outcome: outcomeOf(first!) })
      asked = ask({ lane: 0, outcome: outcomeOf(orders.at(-1)!) })
      expect((await run).order).toBe(orders.length)
    }
  })

  it('answers the newest request of a worker, because a proxy may have given up the one before', async () => {
    await open()
    const first = ask()
    await gate.joined(5_000)
    const second = ask({ lane: 0 })
    expect((await first).status).toBe(204)
    const run = gate.run(0, task)
    const order = await orderIn(second)
    void ask({ lane: 0, outcome: outcomeOf(order) })
    expect((await run).order).toBe(1)
  })

  it('names a worker that vanishes with its order', async () => {
    await open(1, {}, 100)
    const asked = ask()
    const run = gate.run(0, task)
    run.catch(() => {})
    await (await asked).json()
    await expect(run).rejects.toThrow('worker ada has not answered for 0.3 s')
  })

  it('gives the lane of a worker that leaves to the next one', async () => {
    await open()
    const { run, order } = await tell({})
    await run
    expect((await ask({ lane: 0, leaves: true })).status).toBe(204)
    const next = gate.run(0, task)
    const other = await orderIn(ask({ worker: 'bob' }))
    expect(other).toMatchObject({ lane: 0, order: order.order + 1 })
    void ask({ worker: 'bob', lane: 0, outcome: outcomeOf(other) })
    expect((await next).order).toBe(other.order)
  })

  it('refuses what is not a message, and whoever has no token', async () => {
    await open(1, { token: 'secret' })
    const authorization = 'Bearer secret'
    expect((await post('{}')).status).toBe(401)
    expect((await post('{}', { authorization: 'Bearer wrong' })).status).toBe(401)
    expect((await post('{}', { authorization }, '/other')).status).toBe(404)
    const damaged = await post('{', { authorization })
    expect(damaged.status).toBe(400)
    expect(await (await post('{}', { authorization })).text()).toContain('it names no worker')
  })
})

it('trusts a time that is a little too long: some engines count in whole milliseconds', () => {
  const order = { ...task, lane: 0, order: 1 }
  expect(wrongIn({ order: 1, took: 3_000, answers }, order, 1_000)).toBeUndefined()
  expect(wrongIn({ order: 1, took: 30_000, answers }, order, 1_000)).toBeDefined()
})

it('has workers send no more than the load allows', { timeout: 60_000 }, async () => {
  const target = createServer((_, response) => response.end('ok')).listen(0, '127.0.0.1')
  await once(target, 'listening')
  const workers = new WithWorkers(loader)
  try {
    const session = await workers.open({
      url: `http://127.0.0.1:${(target.address() as AddressInfo).port}`,
      script: compileScript({ steps: [get('/')], connections: 2 }, {}, 1),
      load: { connections: 2, pipelining: 1, atMost: 40 },
      seed: 1,
      timeout: 1_000,
    })
    const spec = (first: number) => ({ first, times: 4 })
    const sink = { latency() {}, failed() {} }
    const begun = performance.now()
    for (const first of [0, 4]) expect(await session.slice(spec(first), sink)).toMatchObject({ requests: 8 })
    // Sixteen requests at 40 per second: fourteen of them come after the first of their worker.
    expect(performance.now() - begun).toBeGreaterThan((14 / 40) * 1_000)
    await session.close()
  } finally {
    await workers.end()
    target.close()
  }
})

it('works behind a proxy that holds messages back', { timeout: 60_000 }, async () => {
  const target = createServer((_, response) => response.end('ok')).listen(0, '127.0.0.1')
  const proxy = createServer((request, response) => void hold(request, response)).listen(0, '127.0.0.1')
  const gatePort = await freePort()
  const hold = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await text(request)
    await wait(30)
    const answer = await fetch(`http://127.0.0.1:${gatePort}${request.url}`, { method: 'POST', body })
    const said = await answer.text()
    await wait(30)
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(said || undefined)
  }
  await Promise.all([target, proxy].map(server => server.listening || once(server, 'listening')))
  const [at, through] = [target, proxy].map(server => (server.address() as AddressInfo).port)
  const env = { FLAMEGATE_GATE: `http://127.0.0.1:${through}`, FLAMEGATE_PATIENCE: '20' }
  const worker = execa('node', [K6, 'run', CLIENT], { env, reject: false, buffer: false })
  try {
    const session = await loader.open({
      url: `http://127.0.0.1:${at}`,
      script: compileScript({ steps: [get('/')], connections: 1 }, {}, 1),
      load: { connections: 1, pipelining: 1, listen: `127.0.0.1:${gatePort}` },
      seed: 1,
      timeout: 1_000,
    })
    const took: number[] = []
    const sink = { latency: (_: number, time: number) => void took.push(time), failed() {} }
    const slice = await session.slice({ first: 0, times: 5 }, sink)
    await session.close()
    expect(slice).toMatchObject({ requests: 5, errors: 0 })
    // The worker times its requests, so the proxy costs time between slices, and no latency.
    expect(slice.idle).toBeGreaterThan(0.25)
    expect(Math.max(...took)).toBeLessThan(slice.wall / 1_000)
  } finally {
    worker.kill('SIGKILL')
    await worker
    proxy.closeAllConnections()
    for (const server of [target, proxy]) server.close()
  }
})

describe('a gate for other machines', () => {
  const script = compileScript({ steps: [get('/')], connections: 1 }, {}, 1)
  const options = (listen: string) => ({
    url: 'http://127.0.0.1:1',
    script,
    load: { connections: 1, pipelining: 1, listen },
    seed: 1,
    timeout: 1_000,
  })

  afterEach(() => vi.unstubAllEnvs())

  it.each([
    ['nothing', {}],
    ['a token only', { FLAMEGATE_GATE_TOKEN: 'secret' }],
  ])('does not open with %s', async (_, given) => {
    for (const [name, value] of Object.entries(given)) vi.stubEnv(name, value)
    await expect(loader.open(options('0.0.0.0:0'))).rejects.toThrow(/listen on 0\.0\.0\.0:0 for anybody/)
  })

  it('speaks TLS, and takes workers that have the token', { timeout: 60_000 }, async () => {
    const target = createServer((_, response) => response.end('ok')).listen(0, '127.0.0.1')
    await once(target, 'listening')
    const { port } = target.address() as AddressInfo
    const gatePort = await freePort()
    vi.stubEnv('FLAMEGATE_GATE_TOKEN', 'secret')
    vi.stubEnv('FLAMEGATE_GATE_CERT', join(TLS, 'certificate.pem'))
    vi.stubEnv('FLAMEGATE_GATE_KEY', join(TLS, 'key.pem'))
    const variables = {
      FLAMEGATE_GATE: `https://127.0.0.1:${gatePort}`,
      FLAMEGATE_INSECURE: '1',
      FLAMEGATE_PATIENCE: '20',
    }
    const worker = execa('node', [K6, 'run', CLIENT], { env: variables, reject: false, buffer: false })
    try {
      const session = await loader.open({
        ...options(`0.0.0.0:${gatePort}`),
        url: `http://127.0.0.1:${port}`,
      })
      const result = await session.slice({ first: 0, times: 5 }, { latency() {}, failed() {} })
      await session.close()
      expect(result).toMatchObject({ requests: 5, errors: 0 })
    } finally {
      worker.kill('SIGKILL')
      await worker
      target.close()
    }
  })
})
