/** Waits for a service by sending it requests. */
import { type Dispatcher, request } from 'undici'
import { addressesOf, IPV4, IPV6, type Listener, listenersOf } from '../../kernel/listeners.ts'
import type { MeasureError } from '../../model/errors.ts'
import type { Plan } from '../../model/plan.ts'
import { limitsOf } from '../../scenario/limits.ts'
import { duration } from '../../words/numbers.ts'
import { type Address, at } from './address.ts'
import type { Service } from './service.ts'
import { causeOf } from './start-failures.ts'
import { mismatchAt } from './wire-protocol.ts'

/** Milliseconds between two requests. */
const ASK_EVERY = 15
const ANSWER_TIMEOUT = 2_000
/** Milliseconds in which the last output of a process that has ended arrives. */
const OUTPUT_TIMEOUT = 500

/**
 * Waits until the service listens on its port, and then until it is ready there. A path for readiness must answer
 * 200 to 399, as in Kubernetes. Without one, any answer below 500 counts, since an API can have nothing at `/`. The service's
 * address becomes the one at which it answers.
 *
 * @param round launches that run at the same time, and can be in the way
 * @returns milliseconds since it was started
 * @throws MeasureError when it ends or exceeds a limit; says what was seen instead
 */
export async function ready(
  service: Service,
  plan: Plan,
  signal: AbortSignal,
  round: readonly Service[],
): Promise<number> {
  const { boot, readiness } = limitsOf(plan)
  const path = plan.target.ready ?? '/'
  const good = plan.target.ready === undefined ? 499 : 399
  let listening: number | undefined
  let examined = false
  for (;;) {
    signal.throwIfAborted()
    if (service.ending) throw await ended(service, round)
    const seen = await askWhereItListens(service, path)
    const now = performance.now()
    if (isStrange(seen) && !examined) {
      examined = true
      await refuseMismatch(service)
    }
    if (seen.status !== undefined && seen.status >= 200 && seen.status <= good) return now - service.startedAt
    if (seen.listens) listening ??= now
    if (listening === undefined && now - service.startedAt >= boot) throw notListening(service, boot, round)
    if (listening !== undefined && now - listening >= readiness) {
      await refuseMismatch(service)
      throw notReady(service, path, seen, readiness, plan.target.ready !== undefined)
    }
    await new Promise(resolve => setTimeout(resolve, ASK_EVERY))
  }
}

interface Seen {
  status?: number
  /** Whether connections are accepted. */
  listens: boolean
  /** Continues “/health …”. */
  text: string
}

/** Something answers, but not in HTTP, and never will. Some servers that expect TLS answer 400. */
const isStrange = ({ listens, status }: Seen): boolean => listens && (status === undefined || status === 400)

async function refuseMismatch(service: Service): Promise<void> {
  const mismatch = await mismatchAt(service.address)
  if (mismatch) throw service.failure(`was not ready: it ${mismatch.what}.`, mismatch.advice)
}

/** Asks on loopback by IPv4 first, then wherever its processes listen, or by IPv6 where that is unknown. */
async function askWhereItListens(service: Service, path: string): Promise<Seen> {
  const { address } = service
  const askAt = async (place: Address): Promise<Seen> => {
    const seen = await ask(place.origin + path, place.dispatcher)
    if (seen.listens) service.address = place
    return seen
  }
  if (address.socket !== undefined) return await askAt(address)
  const usual = at(address, IPV4)
  let seen = await askAt(usual)
  for (const host of seen.listens ? [] : otherHosts(service)) {
    seen = await askAt(at(address, host))
    if (!seen.listens) continue
    // By now it can listen on all addresses, and every launch must be asked at the same one.
    const again = await askAt(usual)
    return again.listens ? again : seen
  }
  return seen
}

function otherHosts({ trace, address: { port } }: Service): string[] {
  const own = listenersOf(trace.pid).filter(listener => String(listener.port) === port)
  return own.length > 0 ? [...new Set(own.flatMap(addressesOf))] : [IPV6]
}

/**
 * Closes the connection with the answer. Otherwise it would be closed seconds later, between slices, and a service that
 * closes its first connection then throws away optimised code.
 */
export async function ask(url: string, dispatcher?: Dispatcher): Promise<Seen> {
  try {
    // A body can trickle forever, which a time-out between two of its parts would not notice.
    const signal = AbortSignal.timeout(ANSWER_TIMEOUT)
    const { statusCode, body } = await request(url, { signal, reset: true, dispatcher })
    await body.dump()
    return { status: statusCode, listens: true, text: `answered ${statusCode}` }
  } catch (error) {
    const { code, name, message } = error as NodeJS.ErrnoException
    const isRefused = ['ECONNREFUSED', 'ENOENT', 'EADDRNOTAVAIL', 'ENETUNREACH'].includes(code ?? '')
    const text =
      name === 'TimeoutError' || code === 'UND_ERR_CONNECT_TIMEOUT'
        ? `gave no complete answer in ${duration(ANSWER_TIMEOUT)}`
        : `gave no answer (${code ?? message})`
    return { listens: !isRefused, text }
  }
}

async function ended(service: Service, round: readonly Service[]): Promise<MeasureError> {
  const { code, signal } = (await service.endingWithin(OUTPUT_TIMEOUT)) ?? { code: null, signal: null }
  const how = signal ? `was ended by ${signal}` : `ended with code ${code}`
  const cause = causeOf(service, round)
  return service.failure(
    `${how} before it was ready${cause?.because ? `: ${cause.because}` : ''}.`,
    cause?.advice ?? (code === 0 ? ENDED_BY_ITSELF : 'Start the command by hand and see why it ends.'),
  )
}

const ENDED_BY_ITSELF =
  'A command that starts the service in the background must keep it in the foreground; a file that only defines a server must also let it listen.'

function notReady(
  service: Service,
  path: string,
  { text }: Seen,
  limit: number,
  isNamed: boolean,
): MeasureError {
  return service.failure(
    `was not ready: after ${duration(limit)} of listening, ${path} still ${text} (${service.address.origin}${path}).`,
    isNamed
      ? 'Let `ready` be a path that answers 2xx or 3xx once the service is ready, or leave it out: then any answer below 500 counts. If it needs longer, raise `limits.readiness` of the scenario.'
      : 'Any answer below 500 counts. If another path says that it is ready, name it in `ready`; if it needs longer, raise `limits.readiness` of the scenario.',
  )
}

function notListening(service: Service, limit: number, round: readonly Service[]): MeasureError {
  const { port, socket } = service.address
  const where = socket ?? `port ${port}`
  const listeners = listenersOf(service.trace.pid)
  const own = listeners.filter(one => `${one.port}` === port && addressesOf(one).length === 0)
  const elsewhere = new Set(listeners.map(one => `${one.port}`).filter(other => other !== port))
  const cause = causeOf(service, round)
  if (cause?.because) return service.failure(`does not listen on ${where}: ${cause.because}.`, cause.advice)
  if (own.length > 0)
    return service.failure(
      `listens on ${own.map(written).join(' and ')}, where it cannot be asked.`,
      'Let it listen on 127.0.0.1.',
    )
  if (elsewhere.size > 0)
    return service.failure(
      `listens on port ${[...elsewhere].join(' and ')}, but not on ${where}, as PORT says.`,
      `The variants run at the same time, so each needs a port of its own. ${elsewhere.size === 1 ? `Add \`port: ${[...elsewhere][0]}\` to the target, and it is moved (Node only); or let` : 'Let'} it listen on \`process.env.PORT\`.`,
    )
  return service.failure(
    `did not listen on ${where} within ${duration(limit)}.`,
    cause?.advice ??
      'Check that it listens on `process.env.PORT`. If it needs longer to start, raise the `timeout` of the target.',
  )
}

const written = ({ host, port }: Listener) => (host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`)
