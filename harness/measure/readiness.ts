/** Whether a service is ready: asked, never slept for. */
import { type Dispatcher, request } from 'undici'
import type { MeasureError } from '../model/errors.ts'
import { limitsOf } from '../model/limits.ts'
import type { Plan } from '../model/plan.ts'
import { type Listening, listeningSockets } from './listening.ts'
import { spokenInstead } from './protocol.ts'
import type { Service } from './service.ts'

/** Milliseconds between two questions. */
const ASK_EVERY = 15
/** Questions between two looks at where it listens, which cost more. */
const LOOK_EVERY = 10
const ANSWER_TIMEOUT = 2_000
/** Milliseconds in which the last output of a process that has ended arrives. */
const OUTPUT_TIMEOUT = 500

/**
 * Waits until the service listens on its port, whichever of the machine's addresses that is on, and then until it answers:
 * 2xx on the target's `ready`, or anything below 500 on `/` where the target has none.
 *
 * @returns milliseconds since it was started
 * @throws MeasureError when it ends, speaks something else than HTTP/1.1, or one of the two limits is passed; says what
 * was seen instead
 */
export async function ready(service: Service, plan: Plan, signal: AbortSignal): Promise<number> {
  const { boot, readiness } = limitsOf(plan)
  const path = plan.target.ready ?? '/'
  const isReady = plan.target.ready === undefined ? isUp : isGood
  let listening: number | undefined
  let isHttp = false
  for (let asked = 0; ; asked++) {
    signal.throwIfAborted()
    if (service.ending) throw await ended(service)
    const url = service.url + path
    const seen = await ask(url, service.address.dispatcher)
    const now = performance.now()
    if (seen.status !== undefined && isReady(seen.status)) return now - service.startedAt
    isHttp ||= seen.status !== undefined
    if (seen.listens) {
      const isLook = listening === undefined || asked % LOOK_EVERY === 0
      listening ??= now
      if (!isHttp && isLook) await refuseOtherProtocols(service)
    } else if (asked % LOOK_EVERY === 0) follow(service)
    if (listening === undefined && now - service.startedAt >= boot) throw notListening(service, boot)
    if (listening !== undefined && now - listening >= readiness)
      throw service.failure(
        `was not ready after ${readiness / 1_000} s of listening: ${seen.words} (asked ${url}).`,
        plan.target.ready === undefined
          ? 'Without `ready` any answer below 500 on `/` will do: set `ready` to a path that answers 2xx once it is up, or raise `limits.readiness`.'
          : 'Check `ready` (a path that answers 2xx), or raise `limits.readiness` of the scenario.',
      )
    await new Promise(resolve => setTimeout(resolve, ASK_EVERY))
  }
}

const isGood = (status: number): boolean => status >= 200 && status < 300
const isUp = (status: number): boolean => status < 500

interface Seen {
  /** Absent without an answer. */
  status?: number
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
    return { status: statusCode, listens: true, words: `the last answer was ${statusCode}` }
  } catch (error) {
    const { code, name } = error as NodeJS.ErrnoException
    const refused = code === 'ECONNREFUSED' || code === 'ENOENT'
    const why =
      name === 'TimeoutError' ? `no complete answer in ${ANSWER_TIMEOUT} ms` : (code ?? String(error))
    return { listens: !refused, words: `the last request failed (${why})` }
  }
}

/** Asks on the address of its port that it does listen on. */
function follow(service: Service): void {
  const { address } = service
  if (address.socket !== undefined) return
  const sockets = listeningSockets(service.pid)
  // Where nobody tells, the other loopback address is the only one to try.
  const other = { host: address.origin.includes('[::1]') ? '127.0.0.1' : '[::1]', port: Number(address.port) }
  const found = (sockets ?? [other]).find(({ port }) => port === Number(address.port))
  if (found) address.origin = `${new URL(address.origin).protocol}//${found.host}:${found.port}`
}

async function refuseOtherProtocols(service: Service): Promise<void> {
  const mismatch = await spokenInstead(service.address)
  if (mismatch) throw service.failure(mismatch.words, mismatch.advice)
}

async function ended(service: Service): Promise<MeasureError> {
  const { code, signal } = (await service.endingWithin(OUTPUT_TIMEOUT)) ?? { code: null, signal: null }
  const how = signal ? `was ended by ${signal}` : `ended with code ${code}`
  const taken = /EADDRINUSE[^\n]*?:(\d+)\b/.exec(service.lastWords)?.[1]
  if (taken !== undefined && taken !== service.address.port)
    return service.failure(
      `${how} before it was ready: it listens on port ${taken} whatever PORT says, and that port is taken.`,
      OWN_PORT,
    )
  return service.failure(`${how} before it was ready.`, adviceFor(code, service.lastWords))
}

const OWN_PORT =
  'Variants run at the same time, so each needs a port of its own: let the service listen on the PORT of its environment (`process.env.PORT`).'

function adviceFor(code: number | null, lastWords: string): string {
  if (lastWords.includes('is not allowed in NODE_OPTIONS'))
    return 'This Node refuses an option in NODE_OPTIONS: set `node` to Node 20 or newer, or change the variable.'
  if (code === 0)
    return 'Keep it in the foreground: a service that leaves for the background cannot be measured.'
  return 'Start the command by hand and see why it ends.'
}

function notListening(service: Service, limit: number): MeasureError {
  const { port, socket } = service.address
  const elsewhere = listeningSockets(service.pid) ?? []
  if (elsewhere.length > 0)
    return service.failure(
      `listens on ${listOf(elsewhere)}, but not on port ${port}, which PORT told it.`,
      OWN_PORT,
    )
  return service.failure(
    `did not listen on ${socket ?? `port ${port}`} within ${limit / 1_000} s.`,
    'Check that it listens on the PORT of its environment, or raise `limits.boot` of the scenario.',
  )
}

const listOf = (sockets: Listening[]): string =>
  sockets.map(({ host, port }) => `${host}:${port}`).join(' and ')
