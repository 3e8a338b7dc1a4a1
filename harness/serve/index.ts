/** Takes profiles from agents, keeps them, and shows them: one process, and nothing leaves the machine. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { UsageError } from '../model/errors.ts'
import { answerTo, keep, type Pages, TEXT } from './answers.ts'
import { Bodies } from './body.ts'
import { Connections } from './connections.ts'
import { guard, isLoopback } from './guard.ts'
import { LIMITS, PATIENCE } from './limits.ts'
import { Refusal } from './refusal.ts'
import { type Scraped, scrape } from './scrape.ts'
import { WindowStore } from './store.ts'

export type { Pages } from './answers.ts'

export interface Served {
  /** SQLite database. */
  file: string
  /** Bytes of profiles. */
  keep: number
  host: string
  port: number
  /** Needed unless the host is this machine. */
  token?: string
  scraped: Scraped[]
  /** Milliseconds between two profiles of a service that is asked. */
  every: number
  pages: Pages
  /** Called with what an administrator should know, once for each kind. */
  tell(line: string): void
}

const TIMES = {
  headersTimeout: PATIENCE.headers,
  requestTimeout: PATIENCE.request,
  connectionsCheckingInterval: PATIENCE.check,
}

/** @throws UsageError when it may not or cannot listen there; Error when the file is not such a database */
export async function serve(served: Served): Promise<{ address: string; close(): Promise<void> }> {
  const { host, port, token, pages } = served
  if (token === undefined && !isLoopback(host))
    throw new UsageError('Other machines can reach this address, so a token is needed.', {
      place: `--host ${host}`,
      advice: 'Set FLAMEGATE_SERVE_TOKEN, or listen on 127.0.0.1.',
    })
  const store = new WindowStore(served.file, served.keep)
  const tell = onceEach(served.tell)
  const server = createServer(TIMES).setTimeout(PATIENCE.silence)
  const connections = new Connections(server, LIMITS, tell)
  const parts = { store, pages, token, connections, bodies: new Bodies() }
  server.on('request', (request, response) => {
    respond(request, response, parts).catch(error => refuse(request, response, error, tell))
  })
  try {
    await once(server.listen(port, host), 'listening')
  } catch (cause) {
    store.close()
    throw new UsageError(`The server cannot listen there: ${(cause as Error).message}.`, {
      place: `${host}:${port}`,
      advice: 'Give another port: `--port 4041`.',
      cause,
    })
  }
  const stop = new AbortController()
  const scraping = served.scraped.map(one =>
    scrape(one, served.every, stop.signal, received => keep(store, received), tell),
  )
  const { address, family, port: own } = server.address() as AddressInfo
  return {
    address: `http://${family === 'IPv6' ? `[${address}]` : address}:${own}`,
    async close() {
      stop.abort()
      server.close()
      server.closeAllConnections()
      await Promise.all(scraping)
      store.close()
    },
  }
}

type Tell = (line: string, kind?: string) => void

/** Says each kind of thing once, so that rubbish cannot fill a log. */
function onceEach(tell: Served['tell']): Tell {
  const told = new Set<string>()
  return (line, kind = line) => {
    if (told.has(kind)) return
    told.add(kind)
    tell(line)
  }
}

interface Parts {
  connections: Connections
  store: WindowStore
  bodies: Bodies
  pages: Pages
  token: string | undefined
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  { token, connections, ...parts }: Parts,
) {
  const url = URL.parse(request.url ?? '/', 'http://localhost')
  if (url === null) throw new Refusal(400, 'this is not an address.')
  const { pathname: path, searchParams: query } = url
  if (path === '/ready') return response.writeHead(200, TEXT).end('ready\n')
  guard(request, token)
  // What agents push has a short answer.
  if (request.method !== 'POST' && !connections.hasRoom())
    throw new Refusal(503, 'others do not read their answers; ask again.')
  const { headers, body } = await answerTo({ request, path, query, ...parts })
  return response.writeHead(200, headers).end(request.method === 'HEAD' ? undefined : body)
}

function refuse(
  { method, url = '/' }: IncomingMessage,
  response: ServerResponse,
  error: unknown,
  tell: Tell,
) {
  // A client that has gone, or was sent away, wants no answer.
  if (response.socket?.destroyed ?? true) return
  const { status, message } =
    error instanceof Refusal ? error : { status: 500, message: 'failed: see the log' }
  const path = url.replace(/\?.*$/s, '').slice(0, 100)
  if (error instanceof Refusal)
    tell(`refused, and not said again: ${method} ${path}: ${message}`, `refused ${status}`)
  else tell(`failed: ${error instanceof Error ? error.stack : error}`, 'failed')
  if (response.headersSent) return response.destroy()
  const challenge = status === 401 && { 'www-authenticate': 'Basic realm="flamegate"' }
  // What was not read of a body that is refused must not be taken for the next request.
  return response.writeHead(status, { ...TEXT, connection: 'close', ...challenge }).end(`${message}\n`)
}
