import { describe, expect, it } from 'vitest'
import { ProcessTree } from '../../harness/kernel/process-tree.ts'
import { freshAddress } from '../../harness/measure/harness/address.ts'
import type { Target } from '../../harness/model/scenario.ts'
import { failure, http, OK, PORT, SIGNED, start, stopAfterEach, wait } from './launched.ts'

stopAfterEach()

describe('a port that both variants want', () => {
  const free = async () => (await freshAddress()).port
  const second = async (code: string) => {
    const first = await start(code, {}, 'first')
    // As far as it gets before the second one starts.
    while (!first.printed) await new Promise(resolve => setImmediate(resolve))
    const other = await start(code, {}, 'second')
    const error = await wait(other, {}, [first, other]).catch((error: unknown) => error)
    return { error, own: other.address.port }
  }

  it.skipIf(!ProcessTree.supported)('is named, with the variant that has it', async () => {
    const port = await free()
    const { error, own } = await second(http(OK, `${port}, () => console.log('up')`))
    expect(error).toMatchObject({
      message: `Variant \`second\` ended with code 1 before it was ready: port ${port} is in use, by variant \`first\`.`,
      advice: `The variants run at the same time, so each needs ports of its own. Let it listen on \`process.env.PORT\` (here ${own}) instead of ${port}, or add \`port: ${port}\` to the target (Node only).`,
    })
  })

  it.skipIf(!ProcessTree.supported)('in addition to PORT is distinguished from it', async () => {
    const port = await free()
    const metrics = http(OK, `${port}, () => console.log('up')`)
    const { error } = await second(
      `require('http').createServer((q, response) => response.end()).listen(${PORT}, '127.0.0.1', () => { ${metrics} })`,
    )
    expect(error).toMatchObject({
      message: expect.stringContaining(`port ${port} is in use, by variant \`first\``),
      advice: expect.stringContaining(`It listens on PORT as it should; turn port ${port} off`),
    })
  })

  it('is reported even when the service goes on without it', async () => {
    const { message, advice } = await failure(
      `console.error('Error: listen EADDRINUSE: address already in use :::3000'); setInterval(() => {}, 1000)`,
      { timeout: 300 },
    )
    expect(message).toBe('Variant `a` does not listen on port $PORT: port 3000 is in use.')
    expect(advice).toContain('instead of 3000')
  })

  it.each([
    ['2024/01/02 12:30:45 listen tcp :8080: bind: address already in use', 'port 8080'],
    ['OSError: [Errno 98] Address already in use', 'a port that it needs'],
    ['12:30:45 bind() to 0.0.0.0:8081 failed (98: Address already in use)', 'port 8081'],
    ['Error: Address already in use (os error 98)', 'a port that it needs'],
    ['{"err":{"code":"EADDRINUSE","port":3001,"stack":"at server.js:10:5"}}', 'port 3001'],
    ['Failed to start server. Is port 3002 in use?', 'port 3002'],
    ['Port 3003 is already in use', 'port 3003'],
  ])('%s', async (words, port) => {
    const { message } = await failure(`console.error(${JSON.stringify(words)}); process.exitCode = 1`)
    expect(message).toBe(`Variant \`a\` ended with code 1 before it was ready: ${port} is in use.`)
  })

  it('is not the one in PORT, which is taken by the service itself', async () => {
    const { message, advice } = await failure(http(OK) + http(OK))
    expect(message).toBe('Variant `a` ended with code 1 before it was ready: port $PORT is in use.')
    expect(advice).toMatch(/Does it listen there twice/)
  })
})

describe('another protocol than that of the load', () => {
  const listen = `.listen(${PORT}, '127.0.0.1')`
  it.each<[string, string, Target['listen'], RegExp, RegExp]>([
    [
      'HTTP/2',
      `require('http2').createServer()${listen}`,
      'http',
      /it speaks HTTP\/2 without TLS/,
      /`protocol: 'http\/2'` in the load/,
    ],
    [
      'HTTP/2 on a socket',
      `require('http2').createServer().listen(process.env.PORT)`,
      'socket',
      /it speaks HTTP\/2 without TLS/,
      /`protocol: 'http\/2'` in the load/,
    ],
    [
      'HTTP/2 over TLS alone',
      `${SIGNED}require('http2').createSecureServer(signed)${listen}`,
      'https',
      /it speaks HTTP\/2 only/,
      /`allowHTTP1: true`/,
    ],
    [
      'TLS where none is expected',
      `${SIGNED}require('https').createServer(signed)${listen}`,
      'http',
      /it speaks TLS, and was asked without/,
      /`listen: 'https'`/,
    ],
    [
      'TLS that answers 400 in plain HTTP',
      `${SIGNED}const secure = require('https').createServer(signed)
      require('net').createServer(socket => socket.once('data', first => {
        if (first[0] !== 22) return socket.end('HTTP/1.0 400 Bad Request\\r\\n\\r\\nClient sent an HTTP request to an HTTPS server.\\n')
        socket.pause(); socket.unshift(first); secure.emit('connection', socket); process.nextTick(() => socket.resume())
      }))${listen}`,
      'http',
      /it speaks TLS, and was asked without/,
      /`listen: 'https'`/,
    ],
    [
      'HTTP where TLS is expected',
      http(OK),
      'https',
      /it speaks HTTP without TLS/,
      /Leave `listen: 'https'` out/,
    ],
    [
      'a Redis',
      `require('net').createServer(socket => socket.once('data', () => socket.write("-ERR unknown command 'GET'\\r\\n")))${listen}`,
      'http',
      /it answers with something that is not HTTP: `-ERR unknown command 'GET'`/,
      /PORT must be the port on which it serves HTTP/,
    ],
    [
      'a banner',
      `require('net').createServer(socket => { socket.on('error', () => {}); socket.write('220 mail\\u001b[2J ready\\r\\n') })${listen}`,
      'http',
      /something that is not HTTP: `220 mail\?\[2J ready`/,
      /PORT/,
    ],
  ])('%s is named', async (_, code, listening, message, advice) => {
    const said = await failure(code, { listen: listening })
    expect(said.message).toMatch(message)
    expect(said.advice).toMatch(advice)
  })

  it.each<[string, string, Target['listen']]>([
    ['HTTP/1.1', http(OK), 'http'],
    ['HTTP/1.1 over TLS', `${SIGNED}require('https').createServer(signed)${listen}`, 'https'],
  ])('%s is named where HTTP/2 is expected', async (_, code, listening) => {
    const said = await failure(code, { listen: listening, protocol: 'http/2' })
    expect(said.message).toMatch(/it does not speak HTTP\/2/)
    expect(said.advice).toMatch(/Leave `protocol: 'http\/2'` out/)
  })

  it.each<[string, string, Target['listen']]>([
    ['without TLS', "require('http2').createServer(", 'http'],
    ['over TLS', `${SIGNED}require('http2').createSecureServer(signed, `, 'https'],
  ])('HTTP/2 %s is spoken where the load has it', async (_, create, listening) => {
    const code = `${create}(request, response) => { console.log(request.httpVersion); response.end() })${listen}`
    const service = await start(code, { listen: listening, protocol: 'http/2' })
    await wait(service)
    while (service.printed === 0) await new Promise(resolve => setImmediate(resolve))
    expect(service.lastWords).toMatch(/2\.0$/)
  })

  it('asks a server that speaks HTTP/2 too for HTTP/1.1', async () => {
    const code = `${SIGNED}require('http2').createSecureServer({ ...signed, allowHTTP1: true }, (request, response) => { console.log(request.httpVersion); response.end() })${listen}`
    const service = await start(code, { listen: 'https' })
    await wait(service)
    while (service.printed === 0) await new Promise(resolve => setImmediate(resolve))
    expect(service.lastWords).toMatch(/1\.1$/)
  })
})

describe('a service that does not start', () => {
  it.each([
    ['console.error("no database"); process.exit(7)', /ended with code 7/, /by hand/, /no database/],
    ['', /ended with code 0/, /only defines a server must also let it listen/, /printed nothing/],
    ['process.kill(process.pid, "SIGKILL")', /was ended by SIGKILL/, /by hand/, /printed nothing/],
    [
      'require("/app/dist/server.js")',
      /code 1/,
      /^\/app\/dist\/server\.js does not exist: build/,
      /MODULE_NOT/,
    ],
    [
      'require("express-not-here")',
      /code 1/,
      /^`express-not-here` is not installed: `npm install`/,
      /MODULE_NOT/,
    ],
    ['import("@scope/not-here")', /code 1/, /^`@scope\/not-here` is not installed/, /ERR_MODULE/],
    [http(OK, `${PORT}, '192.0.2.1'`), /code 1/, /HOSTNAME\) is not one of this machine/, /EADDRNOTAVAIL/],
    [
      'console.error("listen EACCES: permission denied 0.0.0.0:80"); process.exit(1)',
      /code 1/,
      /port 80\..*\$PORT/,
      /EACCES/,
    ],
  ])('%s', async (code, message, advice, details) => {
    const said = await failure(code)
    expect(said.message).toMatch(message)
    expect(said.advice).toMatch(advice)
    expect(said.details).toMatch(details)
  })
})
