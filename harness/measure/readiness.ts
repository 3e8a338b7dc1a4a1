/** Free ports, and the question whether a service is ready: asked, never slept for. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { createServer } from 'node:net'
import { request } from 'undici'
import type { MeasureError } from '../model/errors.ts'
import type { Plan } from '../model/plan.ts'
import { descendants } from './driver/kernel.ts'
import type { Service } from './service.ts'

/** Milliseconds between two questions. */
const ASK_EVERY = 15
const ANSWER_TIMEOUT = 2_000
/** Milliseconds in which the last output of a process that has ended arrives. */
const OUTPUT_TIMEOUT = 500

/** A port of the loopback interface that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  await new Promise(resolve => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('No port was given.')
  return address.port
}

/**
 * Waits until the service answers 2xx.
 *
 * @returns milliseconds since it was started
 * @throws MeasureError when it ends, or is not ready in time; says what was seen instead
 */
export async function ready(service: Service, plan: Plan, signal: AbortSignal): Promise<number> {
  const { ready: path, timeout } = plan.target
  let seen = 'nothing listened there'
  while (performance.now() - service.startedAt < timeout) {
    signal.throwIfAborted()
    if (service.ending) throw await ended(service)
    const status = await ask(service.url + path)
    if (typeof status === 'number' && status >= 200 && status < 300)
      return performance.now() - service.startedAt
    seen = typeof status === 'number' ? `the last answer was ${status}` : status
    await new Promise(resolve => setTimeout(resolve, ASK_EVERY))
  }
  throw neverReady(service, path, timeout, seen)
}

async function ask(url: string): Promise<number | string> {
  try {
    const { statusCode, body } = await request(url, {
      headersTimeout: ANSWER_TIMEOUT,
      bodyTimeout: ANSWER_TIMEOUT,
    })
    await body.dump()
    return statusCode
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    return code === 'ECONNREFUSED'
      ? 'nothing listened there'
      : `the connection failed (${code ?? String(error)})`
  }
}

async function ended(service: Service): Promise<MeasureError> {
  const { code, signal } = (await service.endingWithin(OUTPUT_TIMEOUT)) ?? { code: null, signal: null }
  const how = signal ? `was ended by ${signal}` : `ended with code ${code}`
  return service.failure(`${how} before it was ready.`, 'Start the command by hand and see why it ends.')
}

function neverReady(service: Service, path: string, timeout: number, seen: string): MeasureError {
  const elsewhere = listeningPorts(service.pid).filter(port => port !== service.port)
  if (elsewhere.length > 0)
    return service.failure(
      `listens on port ${elsewhere.join(', ')} instead of ${service.port}.`,
      'Let it listen on the port that it is given in the environment as PORT.',
    )
  return service.failure(
    `was not ready after ${timeout} ms: ${seen} (asked http://127.0.0.1:${service.port}${path}).`,
    'Check `ready` (a path that answers 2xx), `timeout` and that it listens on PORT and on 127.0.0.1.',
  )
}

/** TCP ports that a process tree listens on; empty where the platform does not tell. */
function listeningPorts(root: number): number[] {
  try {
    const inodes = new Set(descendants(root).flatMap(socketsOf))
    return ['tcp', 'tcp6'].flatMap(table => listening(`/proc/${root}/net/${table}`, inodes))
  } catch {
    return []
  }
}

function socketsOf(pid: number): string[] {
  return readdirSync(`/proc/${pid}/fd`).flatMap(fd => {
    const inode = /^socket:\[(\d+)\]$/.exec(linkOf(`/proc/${pid}/fd/${fd}`))?.[1]
    return inode ? [inode] : []
  })
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}

/** Rows of the kernel's table in state 0A (listening), as in proc_net_tcp(5). */
function listening(table: string, inodes: Set<string>): number[] {
  return readFileSync(table, 'latin1')
    .split('\n')
    .slice(1)
    .map(line => line.trim().split(/\s+/))
    .filter(columns => columns[3] === '0A' && inodes.has(columns[9] ?? ''))
    .map(columns => Number.parseInt(columns[1]?.split(':')[1] ?? '0', 16))
}
