/** Waits for a need, by asking it. */
import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { request } from 'undici'
import { listenersOf } from '../../kernel/listeners.ts'
import type { MeasureError } from '../../model/errors.ts'
import type { PlannedReady } from '../../model/needs.ts'
import { duration } from '../../words/numbers.ts'
import { isTaken } from '../harness/start-failures.ts'
import { endedFailure, hasEnded, needFailure, type Server } from './server.ts'

/** Milliseconds between two questions. */
const ASK_EVERY = 15
const ANSWER_TIMEOUT = 2_000

interface Asking {
  signal: AbortSignal
  /** Runs the command that says whether it is ready. */
  succeeds(command: string[]): Promise<boolean>
}

/** @throws MeasureError when it ends, or its time is up */
export async function needReady(server: Server, asking: Asking): Promise<void> {
  const { need } = server
  const began = performance.now()
  for (;;) {
    asking.signal.throwIfAborted()
    if (hasEnded(server)) throw await notStarted(server)
    if ((await isReady(server, need.ready, asking)) && !hasEnded(server)) return
    if (performance.now() - began >= need.timeout) throw notReady(server)
    await setTimeout(ASK_EVERY)
  }
}

async function isReady(server: Server, ready: PlannedReady, { succeeds }: Asking): Promise<boolean> {
  const { host, port } = server.places
  if (ready.by === 'command') return await succeeds(ready.command)
  if (ready.by === 'log' && !server.process?.watched.sawLine) return false
  // A server that prints the line before it listens is not ready either.
  if (!(await accepts(host, Number(port)))) return false
  if (ready.by !== 'path') return true
  try {
    const signal = AbortSignal.timeout(ANSWER_TIMEOUT)
    const origin = server.need.url === undefined ? `http://${host}:${port}` : server.places.url
    const { statusCode, body } = await request(new URL(ready.path, origin), { signal, reset: true })
    await body.dump()
    return statusCode >= 200 && statusCode < 400
  } catch {
    return false
  }
}

/** Whether a port accepts connections. */
export async function accepts(host: string, port: number): Promise<boolean> {
  const socket = connect({ host, port })
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(ANSWER_TIMEOUT) })
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

async function notStarted(server: Server): Promise<MeasureError> {
  const failure = await endedFailure(server, 'before it was ready')
  const { port } = server.places
  return isTaken(failure.details ?? '')
    ? needFailure(
        server,
        'did not start: a port that it needs is in use. Is it running already?',
        `Let it listen on \`process.env.PORT\` (here ${port}), end the other one, or give its \`url\` instead of a command.`,
      )
    : failure
}

const ASKED: {
  [By in PlannedReady['by']]: (ready: Extract<PlannedReady, { by: By }>, port: string) => string
} = {
  port: (_, port) => `port ${port} of 127.0.0.1 did not accept connections`,
  path: ({ path }) => `${path} did not answer 2xx or 3xx`,
  log: ({ pattern }) =>
    `no line of its output matched \`${pattern}\`, or its port did not accept connections`,
  command: ({ command }) => `\`${command.join(' ')}\` did not succeed`,
}

function notReady(server: Server): MeasureError {
  const { need, places, process } = server
  const own = process && need.image === undefined ? listenersOf(process.trace.pid) : []
  const isThere = own.some(({ host, port }) => String(port) === places.port && REACHED.includes(host))
  const elsewhere = own.map(({ host, port }) =>
    host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`,
  )
  if (!isThere && elsewhere.length > 0)
    return needFailure(
      server,
      `listens on ${[...new Set(elsewhere)].join(' and ')}, but not on 127.0.0.1:${places.port}.`,
      need.port === undefined
        ? 'Let it listen on 127.0.0.1 and `process.env.PORT` (`{{port}}` in its command), or set `port` to the one that it always has.'
        : 'Correct its `port`, or let it listen on 127.0.0.1.',
    )
  const asked = (ASKED[need.ready.by] as (ready: PlannedReady, port: string) => string)(
    need.ready,
    places.port,
  )
  return needFailure(
    server,
    `was not ready within ${duration(need.timeout)}: ${asked}.`,
    need.image !== undefined && need.port === undefined && need.kind === undefined
      ? `Let it listen on \`PORT\` (here ${places.port}), or set \`port\` to the one that it has in its container.`
      : need.url === undefined
        ? 'Check `ready`, or raise the `timeout` of the need.'
        : 'It is not started by Flamegate: start it first, or correct its `url`.',
  )
}

const REACHED = ['127.0.0.1', '0.0.0.0', '::']
