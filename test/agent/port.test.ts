/** A service that asks for a port of its own gets another one. */
import { once } from 'node:events'
import { createServer } from 'node:net'
import { execa } from 'execa'
import { afterEach, describe, expect, it } from 'vitest'
import { freePort } from '../../harness/measure/harness/address.ts'
import { AGENT } from './target.ts'

let stop = () => {}
afterEach(() => stop())

/** Runs code with the agent, and returns the first line that it prints. */
async function printed(code: string, [from, to]: [string, string]): Promise<string> {
  const child = execa(process.execPath, ['--input-type=module', '--eval', code], {
    env: {
      PORT: to,
      NODE_OPTIONS: `--require=${JSON.stringify(AGENT)}`,
      FLAMEGATE_AGENT_SOCKET: '/nowhere.sock',
      FLAMEGATE_AGENT_TOKEN: 'secret',
      FLAMEGATE_AGENT_PORT: from,
    },
    reject: false,
  })
  stop = () => void child.kill('SIGKILL')
  const [line] = await once(child.stdout, 'data')
  return String(line).trim()
}

const telling = (module: string, listen: string) => `
import { createServer } from '${module}'
const server = createServer()
server.on('listening', () => console.log(server.address().port))
${listen}`

describe('a fixed port', () => {
  it.each([
    ['listen(port)', 'node:http', (port: string) => `server.listen(${port})`],
    ['listen(port, host)', 'node:http', (port: string) => `server.listen(${port}, '127.0.0.1', () => {})`],
    ['listen({ port })', 'node:net', (port: string) => `server.listen({ host: '127.0.0.1', port: ${port} })`],
    ['listen(text)', 'node:http', (port: string) => `server.listen('${port}')`],
    ['HTTP/2', 'node:http2', (port: string) => `server.listen(${port})`],
  ])('is moved: %s', async (_, module, listen) => {
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const ports: [string, string] = [String((taken.address() as { port: number }).port), await freePort()]
    try {
      expect(await printed(telling(module, listen(ports[0])), ports)).toBe(ports[1])
    } finally {
      taken.close()
    }
  })

  it('is moved for the workers of a cluster', async () => {
    const ports: [string, string] = [await freePort(), await freePort()]
    const code = `
import cluster from 'node:cluster'
import { writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
const file = join(tmpdir(), 'flamegate-worker-' + process.pid + '.cjs')
writeFileSync(file, "const s = require('node:http').createServer().listen(${ports[0]}, () => process.send(s.address().port))")
cluster.setupPrimary({ exec: file, execArgv: [] })
const worker = cluster.fork()
worker.on('message', port => { console.log(port); worker.kill() })`
    expect(await printed(code, ports)).toBe(ports[1])
  })

  it('leaves other ports alone', async () => {
    const ports: [string, string] = [await freePort(), await freePort()]
    const other = await freePort()
    expect(await printed(telling('node:http', `server.listen(${other})`), ports)).toBe(other)
  })
})
