/** Loads that need more files than the process can open. */
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterEach, beforeEach, expect, test } from 'vitest'

const LOADERS = join(import.meta.dirname, '..', '..', '..', 'harness', 'loaders')
const SCRIPT = join(LOADERS, '..', 'script', 'index.ts')

let server: Server
let url: string
let answered: string
const sockets = new Set<Socket>()
/** Largest number of simultaneous connections. */
let most: number

beforeEach(async () => {
  most = 0
  answered = ''
  server = createServer(socket => {
    sockets.add(socket)
    most = Math.max(most, sockets.size)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
    socket.on('data', () => answered && socket.write(answered))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})

afterEach(() => {
  for (const socket of sockets) socket.destroy()
  server.close()
})

/** Runs the code in a process that can have this many open files. */
async function limited(files: number, code: string): Promise<unknown> {
  const program = `
    import closed from '${join(LOADERS, 'closed.ts')}'
    import open from '${join(LOADERS, 'open.ts')}'
    import { compileScript } from '${SCRIPT}'
    const step = { name: 'a', method: 'GET', path: '/', headers: {} }
    const opened = (loader, connections, timeout = 1_000) => {
      const script = compileScript({ steps: [step], connections }, {}, 1)
      const load = { connections, pipelining: 1, arrivals: 'constant' }
      return loader.open({ url: '${url}', script, load, seed: 1, timeout })
    }
    const sink = { latency() {}, failed(step, kind, reason) { reported.reasons[reason] = (reported.reasons[reason] ?? 0) + 1 },
      dropped(at, inFlight) { reported.dropped++; reported.limits.add(inFlight) } }
    const reported = { dropped: 0, reasons: {}, limits: new Set() }
    ${code}
    process.stdout.write(JSON.stringify({ ...reported, limits: [...reported.limits] }))
    process.exit()`
  const shell = 'ulimit -n "$1" && exec "$2" --input-type=module -e "$3"'
  const { stdout } = await execa('sh', ['-c', shell, 'sh', `${files}`, process.execPath, program])
  return JSON.parse(stdout)
}

test.skipIf(process.platform === 'win32')(
  'arrivals for which no file is left are dropped, and sessions share the files (needs POSIX limits)',
  async () => {
    const reported = (await limited(
      200,
      `const sessions = [await opened(open, 2), await opened(open, 2)]
       const phases = [{ from: 2_000, to: 2_000, duration: 500 }]
       for (const session of sessions) await session.slice({ first: 0, times: 1_000, phases }, sink)`,
    )) as { limits: number[]; dropped: number; reasons: Record<string, number> }
    // Each session gets its own 2, and half of 200 less the 128 reserved and the 4 kept.
    expect(reported.limits).toEqual([36])
    // Arrivals that come while connections are being opened wait for one in vain.
    expect(reported.reasons).toEqual({ 'it timed out': 2_000 - reported.dropped })
    expect(most).toBeLessThanOrEqual(72)
  },
)

test.skipIf(process.platform === 'win32')(
  'a closed loop with more connections than files is refused, and leaves room for others (needs POSIX limits)',
  async () => {
    const reported = await limited(
      200,
      `const session = await opened(closed, 40)
       reported.message = await opened(closed, 40).then(() => '', ({ message }) => message)
       await session.close()
       await (await opened(closed, 40)).close()`,
    )
    expect(reported).toMatchObject({
      message: expect.stringMatching(/can open 200 files, .* room for 72 connections .* 80 are too many/),
    })
  },
)

test('arrivals that come all at once use the existing connections and few more', async () => {
  answered = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'
  const reported = await limited(
    1_000,
    `const session = await opened(open, 10)
     const phases = [{ from: 1e6, to: 1e6, duration: 1 }]
     reported.load = await session.slice({ first: 0, times: 100, phases }, sink)`,
  )
  expect(reported).toMatchObject({ load: { requests: 1_000, errors: 0 }, dropped: 0, reasons: {} })
  expect(most).toBeGreaterThanOrEqual(10)
  expect(most).toBeLessThan(300)
})
