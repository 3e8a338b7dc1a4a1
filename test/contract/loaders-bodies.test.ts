/** How every loader handles the bodies of responses, and headers that the script does not look at. */
import { once } from 'node:events'
import { execa } from 'execa'
import { describe, expect, it, onTestFinished } from 'vitest'
import { loadCapabilities } from '../../harness/capabilities.ts'
import type { Step } from '../../harness/model/script.ts'
import { get, json, post, request } from '../../harness/scenario/write.ts'
import { compileScript } from '../../harness/script/index.ts'
import { Reported } from './reported.ts'
import { unavailable, WithWorkers } from './workers.ts'

const SERVER = `${import.meta.dirname}/../fixtures/server.js`
const { loaders } = await loadCapabilities()

const available = loaders.filter(loader => unavailable(loader) === '')

describe.each(available.map(loader => new WithWorkers(loader)))('loader $name', loader => {
  /** A session with one connection to its own server. */
  async function open(steps: Step[]) {
    const server = execa(process.execPath, [SERVER], { buffer: false, reject: false })
    const [port] = await once(server.stdout, 'data')
    const url = `http://127.0.0.1:${String(port).trim()}`
    const load = { connections: 1, pipelining: 1 }
    const script = compileScript({ steps, connections: 1 }, {}, 7)
    const session = await loader.open({ url, script, load, seed: 7, timeout: 1_000 })
    onTestFinished(async () => {
      await session.close()
      server.kill('SIGKILL')
      await server
      await loader.end()
    })
    return { session, url }
  }

  // Artillery makes text of what it gets.
  it.skipIf(loader.name === 'artillery')('decodes bodies, as the check before a round does', async () => {
    // Some servers leave out the frame of `deflate`. Other engines want it.
    const frameless = loader.lacks ? [] : ['raw-deflate']
    const encodings = ['gzip', 'deflate', ...frameless, 'br', 'zstd', 'deflate,gzip']
    const steps = encodings.flatMap(encoding => [
      get(`/encoded/${encoding}`, { capture: { id: { json: 'id' } }, expect: { body: '7é' } }),
      get('/:id'),
    ])
    const { session, url } = await open(steps)
    const reported = new Reported()
    const load = await session.slice({ first: 0, times: 2 }, reported)
    expect(reported.failures).toEqual([])
    expect(load).toMatchObject({ requests: 4 * encodings.length, unexpected: 0 })
    const seen = await (await fetch(`${url}/seen`)).json()
    expect(seen).toMatchObject({ 'GET /7%C3%A9': 2 * encodings.length })
  })

  it('sends any method, and waits for no body after HEAD', async () => {
    const steps = ['HEAD', 'OPTIONS', 'PROPFIND', 'M-SEARCH'].map(method => request(method, '/size/300'))
    const { session, url } = await open([...steps, get('/a')])
    const reported = new Reported()
    const load = await session.slice({ first: 0, times: 3 }, reported)
    expect(reported.failures).toEqual([])
    expect(load).toMatchObject({ requests: 15, errors: 0, unexpected: 0 })
    const seen = await (await fetch(`${url}/seen`)).json()
    expect(seen).toMatchObject({ 'HEAD /size/300': 3, 'OPTIONS /size/300': 3, 'M-SEARCH /size/300': 3 })
  })

  // Other engines lose the whole answer.
  it.skipIf(loader.lacks)(
    'distinguishes a body that cannot be decoded from an unexpected one, and goes on',
    async () => {
      const damaged = get('/encoded/gzip/damaged', { expect: { body: '7' } })
      const unknown = get('/encoded/compress', { expect: { body: '7' } })
      const { session } = await open([damaged, unknown, get('/encoded/compress'), get('/a')])
      const reported = new Reported()
      expect(await session.slice({ first: 0, times: 1 }, reported)).toMatchObject({
        requests: 4,
        unexpected: 2,
      })
      expect(reported.failures).toEqual([
        { step: 0, kind: 'unexpected', reason: expect.stringMatching(/decoded as gzip \(/), sample: '200' },
        {
          step: 1,
          kind: 'unexpected',
          reason: expect.stringMatching(/`compress`, which is not known/),
          sample: '200',
        },
      ])
    },
  )

  it('reports the errors in a GraphQL response', async () => {
    const fine = post('/graphql', json({ query: '{ user { name } }' }))
    const broken = post('/graphql', json([{ query: '{ a }' }, { query: '{ broken }' }]))
    const meant = post('/graphql', json({ query: '{ broken }' }), { expect: { graphqlErrors: true } })
    const { session } = await open([fine, broken, meant])
    const reported = new Reported()
    expect(await session.slice({ first: 0, times: 1 }, reported)).toMatchObject({
      requests: 3,
      unexpected: 1,
    })
    expect(reported.failures).toMatchObject([{ step: 1, reason: 'a GraphQL error: no such field' }])
  })

  it.skipIf(loader.lacks?.redirects)(
    'follows redirects where a step asks for it, as one request',
    async () => {
      const { session, url } = await open([
        post('/redirect/2', json({ a: 1 }), { redirects: 2, expect: { body: 'ok' } }),
        get('/redirect/2', { redirects: 1 }),
        get('/redirect/1', { expect: { status: 302 } }),
      ])
      const reported = new Reported()
      expect(await session.slice({ first: 0, times: 2 }, reported)).toMatchObject({
        requests: 6,
        errors: 0,
        unexpected: 2,
      })
      expect(reported.failures[0]).toMatchObject({ step: 1, reason: 'status 302' })
      expect(reported.latencies).toHaveLength(6)
      expect(await (await fetch(`${url}/seen`)).json()).toMatchObject({
        'POST /redirect/2': 2,
        'GET /redirect/1': 6,
        'GET /redirect/0': 2,
      })
    },
  )

  it('recognises a rate limiter by headers that the script does not look at', async () => {
    const { session } = await open([get('/limited/3')])
    const reported = new Reported()
    expect(await session.slice({ first: 0, times: 5 }, reported)).toMatchObject({
      requests: 5,
      unexpected: 2,
    })
    expect(reported.failures[0]).toMatchObject({
      reason: 'status 503 with retry-after',
      sample: '503 slow down',
    })
  })
})
