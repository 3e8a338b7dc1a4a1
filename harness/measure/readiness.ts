/** Whether a service is ready: asked, never slept for. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { type Dispatcher, request } from 'undici'
import type { MeasureError } from '../model/errors.ts'
import { limitsOf } from '../model/limits.ts'
import type { Plan } from '../model/plan.ts'
import { descendants } from './driver/kernel.ts'
import type { Service } from './service.ts'

/** Milliseconds between two questions. */
const ASK_EVERY = 15
const ANSWER_TIMEOUT = 2_000
/** Milliseconds in which the last output of a process that has ended arrives. */
const OUTPUT_TIMEOUT = 500

/**
 * Waits until the service listens on its port, and then until it answers 2xx.
 *
 * @returns milliseconds since it was started
 * @throws MeasureError when it ends, or one of the two limits is passed; says what was seen instead
 */
export async function ready(service: Service, plan: Plan, signal: AbortSignal): Promise<number> {
  const { boot, readiness } = limitsOf(plan)
  const url = service.url + plan.target.ready
  let listening: number | undefined
  for (;;) {
    signal.throwIfAborted()
    if (service.ending) throw await ended(service)
    const seen = await ask(url, service.address.dispatcher)
    const now = performance.now()
    if (seen.ready) return now - service.startedAt
    if (seen.listens) listening ??= now
    if (listening === undefined && now - service.startedAt >= boot) throw notListening(service, boot)
    if (listening !== undefined && now - listening >= readiness)
      throw service.failure(
        `was not ready after ${readiness} ms of listening: ${seen.words} (asked ${url}).`,
        'Check `ready` (a path that answers 2xx), or raise `limits.readiness` of the scenario.',
      )
    await new Promise(resolve => setTimeout(resolve, ASK_EVERY))
  }
}

interface Seen {
  ready: boolean
  /** Whether somebody accepts connections. */
  listens: boolean
  words: string
}

/**
 * The connection is closed with the answer. One that is kept alive would be closed seconds later, between slices, and
 * a service that has never closed a connection under load throws away optimised code when it first does.
 */
async function ask(url: string, dispatcher?: Dispatcher): Promise<Seen> {
  try {
    // A body may trickle for ever, which no time-out between two parts of it would notice.
    const signal = AbortSignal.timeout(ANSWER_TIMEOUT)
    const { statusCode, body } = await request(url, {
      signal,
      reset: true,
      ...(dispatcher && { dispatcher }),
    })
    await body.dump()
    return {
      ready: statusCode >= 200 && statusCode < 300,
      listens: true,
      words: `the last answer was ${statusCode}`,
    }
  } catch (error) {
    const { code, name } = error as NodeJS.ErrnoException
    const refused = code === 'ECONNREFUSED' || code === 'ENOENT'
    const why =
      name === 'TimeoutError' ? `no complete answer in ${ANSWER_TIMEOUT} ms` : (code ?? String(error))
    return { ready: false, listens: !refused, words: `the last request failed (${why})` }
  }
}

async function ended(service: Service): Promise<MeasureError> {
  const { code, signal } = (await service.endingWithin(OUTPUT_TIMEOUT)) ?? { code: null, signal: null }
  const how = signal ? `was ended by ${signal}` : `ended with code ${code}`
  return service.failure(`${how} before it was ready.`, adviceFor(code, service.lastWords))
}

function adviceFor(code: number | null, lastWords: string): string {
  if (lastWords.includes('is not allowed in NODE_OPTIONS'))
    return 'This Node refuses an option in NODE_OPTIONS: set `node` to Node 20 or newer, or change the variable.'
  if (code === 0)
    return 'Keep it in the foreground: a service that leaves for the background cannot be measured.'
  return 'Start the command by hand and see why it ends.'
}

function notListening(service: Service, limit: number): MeasureError {
  const elsewhere = listeningPorts(service.pid)
  if (elsewhere.length > 0)
    return service.failure(
      `listens on port ${elsewhere.join(', ')} instead of ${service.address.port}.`,
      'Let it listen on the port that it is given in the environment as PORT.',
    )
  return service.failure(
    `did not listen on ${service.address.socket ?? `127.0.0.1:${service.address.port}`} after ${limit} ms.`,
    'Check that it listens on PORT and on 127.0.0.1, or raise `limits.boot` of the scenario.',
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
