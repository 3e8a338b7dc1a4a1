/** Services as people write them: where they listen, what they speak, and what is said when they cannot be measured. */
import { afterEach, describe, expect, test } from 'vitest'
import { freshAddress } from '../../harness/measure/address.ts'
import { listeningSockets, parseSocket } from '../../harness/measure/listening.ts'
import { ready } from '../../harness/measure/readiness.ts'
import { newIdentity, Service } from '../../harness/measure/service.ts'
import type { MeasureError } from '../../harness/model/errors.ts'
import type { Plan } from '../../harness/model/plan.ts'

const onLinux = process.platform === 'linux'
const services: Service[] = []
afterEach(() => Promise.all(services.splice(0).map(service => service.stop(0))))

interface Options {
  ready?: string
  listen?: 'https'
  /** Milliseconds. */
  boot?: number
}

/** @param code with `port`, `http`, `https` (its options as `tls`), `http2`, `net` and `status(n)`, which answers with it */
async function boot(code: string, { ready: path, listen, boot = 10_000 }: Options = {}) {
  const prelude = `
    const port = process.env.PORT
    const [http, https, http2, net] = ['http', 'https', 'http2', 'net'].map(name => require('node:' + name))
    const status = number => (request, response) => { response.statusCode = number; response.end(request.url) }
    ${code}`
  const target = { name: 'a', gracefulShutdown: 200, timeout: boot, ...(path && { ready: path }) }
  const plan = { target, limits: { boot, readiness: 300 }, warmup: {} } as unknown as Plan
  const service = new Service(
    {
      id: 'a',
      label: 'a',
      command: [process.execPath, '-e', prelude],
      directory: '/',
      environment: {},
      node: process.execPath,
    },
    {
      identity: newIdentity(),
      address: await freshAddress(listen),
      plan,
      socket: '',
      environment: process.env,
    },
  )
  services.push(service)
  const told = ready(service, plan, new AbortController().signal).then(
    () => null,
    (error: MeasureError) => error,
  )
  return { service, told }
}

describe('a service is ready', () => {
  test.each([
    ['on 127.0.0.1', "http.createServer(status(200)).listen(port, '127.0.0.1')", /^http:\/\/127\.0\.0\.1:/],
    ['on ::1 alone', "http.createServer(status(200)).listen(port, '::1')", /^http:\/\/\[::1\]:/],
    [
      'on every address of IPv6 alone',
      "http.createServer(status(200)).listen({ port, host: '::', ipv6Only: true })",
      /^http:\/\/\[::1\]:/,
    ],
    [
      'beside a port of its own for something else',
      'http.createServer(status(500)).listen(0); http.createServer(status(200)).listen(port)',
      /^http:\/\/127\.0\.0\.1:/,
    ],
  ])('%s', async (_, code, url) => {
    const { service, told } = await boot(code)
    expect(await told).toBeNull()
    expect(service.url).toMatch(url)
  })

  test.skipIf(!onLinux)('on another address of the loopback interface', async () => {
    const { service, told } = await boot("http.createServer(status(200)).listen(port, '127.0.0.2')")
    expect(await told).toBeNull()
    expect(service.url).toMatch(/^http:\/\/127\.0\.0\.2:/)
  })

  test('without `ready`, once / is answered at all, also with 404', async () => {
    expect(await (await boot('http.createServer(status(404)).listen(port)')).told).toBeNull()
  })

  test('with `ready`, once that path is answered with 2xx', async () => {
    const { told } = await boot('http.createServer(status(404)).listen(port)', { ready: '/health' })
    expect((await told)!.message).toMatch(
      /was not ready after 0\.3 s of listening: the last answer was 404 \(asked http:\/\/127\.0\.0\.1:\d+\/health\)/,
    )
  })

  test('not while it answers 503', async () => {
    const code = `let asked = 0
      http.createServer((request, response) => status(asked++ < 3 ? 503 : 200)(request, response)).listen(port)`
    expect(await (await boot(code)).told).toBeNull()
    const { told } = await boot('http.createServer(status(503)).listen(port)')
    expect((await told)!.message).toMatch(/the last answer was 503/)
  })
})

describe('what is said of a service', () => {
  test('with a fixed port that another variant has taken', async () => {
    const first = await boot(
      'http.createServer(status(200)).listen(0, function () { console.log(this.address().port) })',
    )
    const port = async (): Promise<string> => {
      const [, found] = /(\d+)$/.exec(first.service.lastWords) ?? []
      return found ?? new Promise(resolve => setImmediate(() => resolve(port())))
    }
    const taken = await port()
    const { told } = await boot(`http.createServer(status(200)).listen(${taken})`)
    const error = await told
    expect(error!.message).toContain(`it listens on port ${taken} whatever PORT says, and that port is taken`)
    expect(error!.advice).toMatch(/Variants run at the same time/)
  })

  test.skipIf(!onLinux)('that listens elsewhere', async () => {
    const { told } = await boot("http.createServer(status(200)).listen(0, '127.0.0.1')", { boot: 1_500 })
    expect((await told)!.message).toMatch(
      /listens on 127\.0\.0\.1:\d+, but not on port \d+, which PORT told it/,
    )
  })

  test('that does not listen', async () => {
    const { told } = await boot('setInterval(() => {}, 1000)', { boot: 500 })
    expect((await told)!.message).toMatch(/did not listen on port \d+ within 0\.5 s/)
  })

  test.each([
    ['HTTP/2 alone', 'http2.createServer(status(200)).listen(port)', undefined, /speaks HTTP\/2 without TLS/],
    [
      'something else',
      "net.createServer(socket => socket.on('error', () => {}).end('-ERR unknown command\\r\\n')).listen(port)",
      undefined,
      /does not speak HTTP: it says `-ERR unknown command`/,
    ],
    [
      'HTTP where TLS is expected',
      'http.createServer(status(200)).listen(port)',
      'https',
      /answers without TLS/,
    ],
  ] as const)('that speaks %s', async (_, code, listen, message) => {
    const { told } = await boot(code, listen ? { listen } : {})
    expect((await told)!.message).toMatch(message)
  })

  test('that ends', async () => {
    const { told } = await boot("console.error('no database'); process.exit(7)")
    const error = await told
    expect(error!.message).toMatch(/ended with code 7 before it was ready/)
    expect(error!.details).toMatch(/no database/)
  })
})

describe('sockets in the kernel’s tables', () => {
  test.each([
    ['0100007F:1F90', { host: '127.0.0.1', port: 8080 }],
    ['0200007F:0050', { host: '127.0.0.2', port: 80 }],
    ['00000000:1F90', { host: '127.0.0.1', port: 8080 }],
    ['00000000000000000000000000000000:1F90', { host: '[::1]', port: 8080 }],
    ['00000000000000000000000001000000:1F90', { host: '[::1]', port: 8080 }],
    ['B80D0120000000000000000001000000:0001', { host: '[2001:db8::1]', port: 1 }],
  ])('%s', (text, socket) => {
    expect(parseSocket(text)).toEqual(socket)
  })

  test.skipIf(!onLinux)('those of this process are found', async () => {
    const { createServer } = await import('node:net')
    const server = createServer().listen(0, '::1')
    await new Promise(resolve => server.once('listening', resolve))
    const { port } = server.address() as { port: number }
    expect(listeningSockets(process.pid)).toContainEqual({ host: '[::1]', port })
    await new Promise(resolve => server.close(resolve))
  })
})
