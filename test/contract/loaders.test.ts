import { once } from 'node:events'
import { execa, type ResultPromise } from 'execa'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadCapabilities } from '../../harness/capabilities.ts'
import type { LoadSession } from '../../harness/model/capabilities.ts'
import { get, post } from '../../harness/model/scenario.ts'

const SERVER = new URL('../fixtures/server.js', import.meta.url).pathname
const { loaders } = await loadCapabilities()

describe.each(loaders)('loader $name', loader => {
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
  })

  async function open(steps = [get('/a')], connections = 3, pipelining = 1) {
    const load = { engine: loader.name, steps, connections, pipelining }
    const session = await loader.open({ url, load, timeout: 1_000 })
    sessions.push(session)
    return session
  }

  const seen = async () => (await fetch(`${url}/seen`)).json()

  it('asks for the script so many times on every connection, no more', async () => {
    const session = await open([get('/a'), get('/size/300'), post('/b', { x: 1 })], 3)
    const load = await session.slice(5, () => {})
    expect(load).toMatchObject({ requests: 45, errors: 0, unexpected: 0 })
    expect(load.bytes).toBeGreaterThan(15 * 300)
    expect(load.wall).toBeGreaterThan(0)
    expect(await seen()).toEqual({ 'GET /a': 15, 'GET /size/300': 15, 'POST /b': 15 })
  })

  it('asks for nothing between slices, and goes on with the same connections', async () => {
    const session = await open()
    await session.slice(2, () => {})
    const between = await seen()
    await session.slice(3, () => {})
    expect(between).toEqual({ 'GET /a': 6 })
    expect(await seen()).toEqual({ 'GET /a': 15 })
  })

  it('hands over the latency of every answer with its step', async () => {
    const session = await open([get('/a'), get('/size/5')], 2)
    const steps: number[] = []
    await session.slice(4, (step, microseconds) => {
      steps.push(step)
      expect(microseconds).toBeGreaterThan(0)
    })
    expect(steps.filter(step => step === 0)).toHaveLength(8)
    expect(steps.filter(step => step === 1)).toHaveLength(8)
  })

  it('keeps several requests in flight on a connection', async () => {
    const session = await open([get('/a')], 2, 4)
    expect(await session.slice(10, () => {})).toMatchObject({ requests: 20, errors: 0 })
    expect(await seen()).toEqual({ 'GET /a': 20 })
  })

  it('counts answers that are not 2xx', async () => {
    const session = await open([get('/a'), get('/status/503')])
    expect(await session.slice(2, () => {})).toMatchObject({ requests: 12, unexpected: 6, errors: 0 })
  })

  it('counts requests that the server drops, and ends the slice', async () => {
    const session = await open([get('/a'), get('/a'), get('/a'), get('/close')], 2)
    expect(await session.slice(2, () => {})).toMatchObject({ requests: 12, errors: 4 })
  })

  it('counts an answer that never ends as an error', async () => {
    const session = await open([get('/a'), get('/half')], 2)
    expect(await session.slice(1, () => {})).toMatchObject({ requests: 2, errors: 2 })
  })

  it('gives up on a server that drops everything', async () => {
    const session = await open([get('/close')], 2)
    await expect(session.slice(50, () => {})).rejects.toThrow(/lost/)
  })

  it('gives up on a server that has gone', async () => {
    const session = await open([get('/a'), get('/exit')], 2)
    await expect(session.slice(50, () => {})).rejects.toThrow(/lost/)
  })
})
