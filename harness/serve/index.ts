/** Takes profiles from agents, keeps them, and shows them: one process, and nothing leaves the machine. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { DiffSide } from '../model/diff.ts'
import { UsageError } from '../model/errors.ts'
import { fileOf, filesOf, labelOf, selectionFrom } from './choice.ts'
import { guard, isLoopback } from './guard.ts'
import { type Received, receiveIngest, receivePush } from './receive.ts'
import { Refusal } from './refusal.ts'
import { type Scraped, scrape } from './scrape.ts'
import { type Group, type Window, WindowStore } from './store.ts'

export type { Group, Window } from './store.ts'

/** Pages, made of what the report is made of. */
export interface Pages {
  list(groups: Group[]): string
  windows(windows: Window[]): string
  compared(before: DiffSide, after: DiffSide): string
  profile(side: DiffSide): string
}

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

/** A connection that sends a byte a second gets neither more time nor more than its share. */
const LIMITS = { connections: 1_000, headers: 10_000, request: 30_000 }

/** Where profiles are pushed. Agents put the first path behind whatever they are told. */
const INGEST = ['/ingest', '/pyroscope/ingest']
const PUSH = '/push.v1.PusherService/Push'

/** @throws UsageError when it may not or cannot listen there; Error when the file is not such a database */
export async function serve(served: Served): Promise<{ address: string; close(): Promise<void> }> {
  const { host, port, token, pages, tell } = served
  if (token === undefined && !isLoopback(host))
    throw new UsageError('Other machines can reach this address, so a token is needed.', {
      place: `--host ${host}`,
      advice: 'Set FLAMEGATE_SERVE_TOKEN, or listen on 127.0.0.1.',
    })
  const store = new WindowStore(served.file, served.keep)
  const told = new Set<string>()
  const tellOnce = (kind: string, line: string) => {
    if (told.has(kind)) return
    told.add(kind)
    tell(line)
  }
  const keep = ({ window, content }: Received) => store.add(window, content)
  const server = createServer(
    { headersTimeout: LIMITS.headers, requestTimeout: LIMITS.request },
    (request, response) => {
      answer(request, response, { store, keep, pages, token }).catch(error => {
        const isRefusal = error instanceof Refusal
        const status = isRefusal ? error.status : 500
        if (isRefusal)
          tellOnce(
            `refused ${status}`,
            `refused, and not said again: ${request.method} ${pathOf(request)}: ${error.message}`,
          )
        else tellOnce('failed', `failed: ${error instanceof Error ? error.stack : error}`)
        if (response.headersSent) return response.destroy()
        // What was not read of a body that is refused must not be taken for the next request.
        const headers = {
          ...TEXT,
          connection: 'close',
          ...(status === 401 && { 'www-authenticate': 'Basic realm="flamegate"' }),
        }
        response.writeHead(status, headers).end(`${isRefusal ? error.message : 'failed: see the log'}\n`)
      })
    },
  )
  server.maxConnections = LIMITS.connections
  const stop = new AbortController()
  try {
    await once(server.listen(port, host), 'listening')
  } catch (cause) {
    store.close()
    throw new UsageError(`Nothing can listen there: ${(cause as Error).message}.`, {
      place: `${host}:${port}`,
      advice: 'Give another port: `--port 4041`.',
      cause,
    })
  }
  const scraping = served.scraped.map(one =>
    scrape(one, served.every, stop.signal, keep, line => tellOnce(line, line)),
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

const TEXT = { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' }
const PAGE = {
  'content-type': 'text/html; charset=utf-8',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
  'x-frame-options': 'DENY',
}

const pathOf = ({ url = '/' }: IncomingMessage): string => url.replace(/\?.*$/s, '').slice(0, 100)

interface Parts {
  store: WindowStore
  keep(received: Received): void
  pages: Pages
  token: string | undefined
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { store, keep, pages, token }: Parts,
): Promise<void> {
  const url = URL.parse(request.url ?? '/', 'http://localhost')
  if (url === null) throw new Refusal(400, 'this is not an address.')
  const { pathname, searchParams } = url
  if (pathname === '/ready') return void response.writeHead(200, TEXT).end('ready\n')
  guard(request, token)
  if (INGEST.includes(pathname)) {
    mustBe(request, 'POST')
    for (const received of await receiveIngest(request, searchParams)) keep(received)
    response.writeHead(200, TEXT).end()
    return
  }
  if (pathname === PUSH) {
    mustBe(request, 'POST')
    for (const received of await receivePush(request)) keep(received)
    const type = request.headers['content-type'] ?? 'application/json'
    response.writeHead(200, { 'content-type': type }).end(type.startsWith('application/json') ? '{}' : '')
    return
  }
  mustBe(request, 'GET')
  const page = (html: string) => void response.writeHead(200, PAGE).end(html)
  if (pathname === '/') return page(pages.list(store.groups()))
  if (pathname === '/windows')
    return page(pages.windows(store.windows(selectionFrom(searchParams, 'before'))))
  if (pathname === '/diff') {
    const [before, after] = ['before', 'after'].map(side => sideOf(store, searchParams, side))
    return page(pages.compared(before!, after!))
  }
  const [, id, isFile] = /^\/windows\/(\d{1,15})(\.pb\.gz)?$/.exec(pathname) ?? []
  const window = id === undefined ? undefined : store.window(Number(id))
  const content = window && store.content(window.id)
  if (!window || !content) throw new Refusal(404, 'there is nothing here.')
  if (isFile)
    return void response
      .writeHead(200, {
        'content-type': 'application/octet-stream',
        'content-disposition': `attachment; filename="window-${window.id}.pb.gz"`,
      })
      .end(content)
  const file = fileOf(store, window)
  if (!file) throw new Refusal(404, 'there is nothing here.')
  return page(pages.profile({ label: labelOf(window), files: [file] }))
}

function mustBe({ method }: IncomingMessage, wanted: 'GET' | 'POST'): void {
  const isRight = method === wanted || (wanted === 'GET' && method === 'HEAD')
  if (!isRight) throw new Refusal(405, `${wanted} is wanted here.`)
}

function sideOf(store: WindowStore, query: URLSearchParams, side: string): DiffSide {
  const selection = selectionFrom(query, side)
  const { files, of } = filesOf(store, selection)
  const some = files.length < of ? `, ${files.length} of ${of} windows` : ''
  return { label: `${labelOf(selection)}${some}`, files }
}
