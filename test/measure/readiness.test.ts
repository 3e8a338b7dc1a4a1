import { networkInterfaces } from 'node:os'
import { describe, expect, it } from 'vitest'
import { parseListeners } from '../../harness/kernel/listeners.ts'
import { ProcessTree } from '../../harness/kernel/process-tree.ts'
import { failure, http, OK, PORT, start, stopAfterEach, wait } from './launched.ts'

stopAfterEach()

const container = Object.values(networkInterfaces())
  .flatMap(each => each ?? [])
  .find(({ internal, family }) => !internal && family === 'IPv4')?.address

describe('where a service listens', () => {
  it.each([
    ['127.0.0.1', '127.0.0.1'],
    ['0.0.0.0', '127.0.0.1'],
    ['::', '127.0.0.1'],
    ['::1', '[::1]'],
  ])('on %s it is reached at %s', async (host, reached) => {
    const service = await start(http(OK, `${PORT}, '${host}'`))
    await wait(service)
    expect(service.address.origin).toBe(`http://${reached}:${service.address.port}`)
  })

  it.skipIf(!ProcessTree.supported)('on IPv6 alone it is reached there', async () => {
    const service = await start(http(OK, `{ port: ${PORT}, host: '::', ipv6Only: true }`))
    await wait(service)
    expect(service.address.origin).toBe(`http://[::1]:${service.address.port}`)
  })

  it.skipIf(!ProcessTree.supported)('on another loopback address it is found by its sockets', async () => {
    const service = await start(http(OK, `${PORT}, '127.0.0.2'`))
    await wait(service)
    expect(service.address.origin).toBe(`http://127.0.0.2:${service.address.port}`)
  })

  it.skipIf(!ProcessTree.supported)('in a child process it is found too', async () => {
    const child = JSON.stringify(http(OK, `${PORT}, '127.0.0.3'`))
    const service = await start(`require('child_process').spawn(process.execPath, ['-e', ${child}])`)
    await wait(service)
    expect(service.address.origin).toBe(`http://127.0.0.3:${service.address.port}`)
  })

  it.skipIf(!ProcessTree.supported || !container)(
    `on the address of a container's HOSTNAME it is found (needs a network interface)`,
    async () => {
      const service = await start(http(OK, `${PORT}, '${container}'`))
      await wait(service)
      expect(service.address.origin).toBe(`http://${container}:${service.address.port}`)
    },
  )

  it('a second port in addition to PORT is ignored', async () => {
    const service = await start(http(OK, `0, '127.0.0.1'`) + http(OK))
    await wait(service)
    expect(service.address.origin).toBe(`http://127.0.0.1:${service.address.port}`)
  })

  it.skipIf(!ProcessTree.supported)('a port that it chose itself is named', async () => {
    const code = http(
      OK,
      `0, '127.0.0.1', function () { console.log('listening on ' + this.address().port) }`,
    )
    const { message, advice, details } = await failure(code, { timeout: 1_500 })
    const port = /listening on (\d+)/.exec(details)![1]
    expect(message).toBe(`Variant \`a\` listens on port ${port}, but not on port $PORT, as PORT says.`)
    expect(advice).toMatch(/run at the same time.*port of its own.*`process\.env\.PORT`/)
  })

  it('says how long it waited when nothing listens', async () => {
    const { message, advice, details } = await failure('setInterval(() => {}, 1000)', { timeout: 300 })
    expect(message).toBe('Variant `a` did not listen on port $PORT within 300 ms.')
    expect(advice).toMatch(/`process\.env\.PORT`.*`timeout` of the target/)
    expect(details).toBe('It printed nothing.')
  })
})

describe('when a service is ready', () => {
  it.each([[200], [302], [401], [404], [499]])('without `ready` when / answers %i', async status => {
    const service = await start(http(`response.writeHead(request.url === '/' ? ${status} : 500).end()`))
    expect(await wait(service)).toBeGreaterThan(0)
  })

  it.each([[200], [204], [302]])('with `ready` when it answers %i', async status => {
    const service = await start(http(`response.writeHead(request.url === '/up' ? ${status} : 500).end()`))
    expect(await wait(service, { ready: '/up' })).toBeGreaterThan(0)
  })

  it.each([[undefined], ['/up']])('not while it answers 503: %s', async path => {
    const service = await start(
      `let asked = 0\n${http('response.writeHead(++asked < 4 ? 503 : 200).end(); console.log(asked)')}`,
    )
    await wait(service, { ...(path && { ready: path }) })
    while (!/[4-9]$/.test(service.lastWords)) await new Promise(resolve => setImmediate(resolve))
  })

  it('asks by GET without a body', async () => {
    const service = await start(http(`console.log(request.method, request.headers['content-length']); ${OK}`))
    await wait(service)
    while (service.printed === 0) await new Promise(resolve => setImmediate(resolve))
    expect(service.lastWords).toMatch(/GET undefined$/)
  })

  it.each([
    [
      '/health',
      404,
      /after 500 ms of listening, \/health still answered 404 \(http/,
      /2xx or 3xx.*leave it out/,
    ],
    [undefined, 503, /after 500 ms of listening, \/ still answered 503 \(http/, /name it in `ready`/],
  ])('says what was answered instead: %s, %i', async (path, status, message, advice) => {
    const said = await failure(http(`response.writeHead(${status}).end()`), {
      ...(path && { ready: path }),
      limits: { readiness: 500 },
    })
    expect(said.message).toMatch(message)
    expect(said.advice).toMatch(advice)
  })

  it('says that no answer came', async () => {
    const { message } = await failure(http(''), { limits: { readiness: 500 } })
    expect(message).toMatch(
      /was not ready: after 500 ms of listening, \/ still gave no complete answer in 2 s/,
    )
  })
})

it('reads the kernel’s tables as they are (a little-endian machine wrote these)', () => {
  const tcp = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0200007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 11 1 0000000000000000 100 0 0 10 0
   1: 0100007F:1F91 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 12 1 0000000000000000 100 0 0 10 0
   2: 0100007F:1F90 0100007F:C350 01 00000000:00000000 00:00000000 00000000  1000        0 11 1 0000000000000000 20 4 30 10 -1
`
  const tcp6 = `  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000000000000000000001000000:1F90 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 11 1 0000000000000000 100 0 0 10 0
   1: 00000000000000000000000000000000:1F91 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 11 1 0000000000000000 100 0 0 10 0
   3: B80D0120000000000000000001000000:1F93 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 11 1 0000000000000000 100 0 0 10 0
   2: 0000000000000000FFFF00000100007F:1F92 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 11 1 0000000000000000 100 0 0 10 0
`
  expect(parseListeners(tcp, new Set(['11']))).toEqual([{ host: '127.0.0.2', port: 8080 }])
  expect(parseListeners(tcp6, new Set(['11']))).toEqual([
    { host: '::1', port: 8080 },
    { host: '::', port: 8081 },
    { host: '2001:db8::1', port: 8083 },
    { host: '127.0.0.1', port: 8082 },
  ])
  expect(parseListeners('', new Set())).toEqual([])
})
