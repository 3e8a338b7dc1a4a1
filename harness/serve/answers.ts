/** What is answered, by path: profiles are taken, and pages are shown. */
import type { IncomingMessage } from 'node:http'
import { setImmediate } from 'node:timers/promises'
import type { DiffSide } from '../model/diff.ts'
import type { Group, Window } from '../model/kept-window.ts'
import type { Bodies } from './body.ts'
import { fileOf, filesOf, labelOf, selectionFrom } from './choice.ts'
import { pack } from './decoded.ts'
import { type Received, receiveIngest, receivePush } from './receive.ts'
import { Refusal } from './refusal.ts'
import type { WindowStore } from './store.ts'
import { receiveUpload } from './upload.ts'

/** Pages, made of what the report is made of. */
export interface Pages {
  list(groups: Group[]): string
  windows(windows: Window[]): string
  compared(before: DiffSide, after: DiffSide): string
  profile(side: DiffSide): string
}

export interface Answer {
  headers: Record<string, string>
  body: string | Uint8Array
}

export const TEXT = { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' }

const page = (body: string): Answer => ({
  headers: {
    'content-type': 'text/html; charset=utf-8',
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
    'x-frame-options': 'DENY',
  },
  body,
})

interface Asked {
  request: IncomingMessage
  path: string
  query: URLSearchParams
  store: WindowStore
  bodies: Bodies
  pages: Pages
}

type Route = (asked: Asked) => Promise<Answer> | Answer

const ingest: Route = async asked => {
  keep(asked.store, await receiveIngest(asked.request, asked.query, asked.bodies))
  return { headers: TEXT, body: '' }
}

const push: Route = async asked => {
  await keepAll(asked.store, await receivePush(asked.request, asked.bodies))
  const type = asked.request.headers['content-type'] ?? ''
  return { headers: { 'content-type': type }, body: type.startsWith('application/json') ? '{}' : '' }
}

const upload: Route = async asked => {
  await keepAll(asked.store, await receiveUpload(asked.request, asked.bodies))
  return { headers: TEXT, body: '' }
}

async function keepAll(store: WindowStore, all: Iterable<Received>): Promise<void> {
  for (const received of all) {
    keep(store, received)
    // Others get their turn.
    await setImmediate()
  }
}

export function keep(store: WindowStore, { window, content, profile }: Received): void {
  store.add(window, content, pack(profile))
}

const RECEIVE: Record<string, Route> = {
  '/ingest': ingest,
  // Agents that are given a path append this one to it.
  '/pyroscope/ingest': ingest,
  '/push.v1.PusherService/Push': push,
  '/profiling/v1/input': upload,
}

const SHOW: Record<string, Route> = {
  '/': ({ store, pages }) => page(pages.list(store.groups())),
  '/windows': ({ store, pages, query }) => page(pages.windows(store.windows(selectionFrom(query, 'before')))),
  '/diff': asked => page(asked.pages.compared(sideOf(asked, 'before'), sideOf(asked, 'after'))),
}

/** @throws Refusal */
export async function answerTo(asked: Asked): Promise<Answer> {
  const { request, path } = asked
  const receive = Object.hasOwn(RECEIVE, path) ? RECEIVE[path] : undefined
  const isAllowed = receive ? request.method === 'POST' : ['GET', 'HEAD'].includes(request.method ?? '')
  if (!isAllowed) throw new Refusal(405, `${receive ? 'POST' : 'GET'} is wanted here.`)
  const show = Object.hasOwn(SHOW, path) ? SHOW[path]! : single
  return await (receive ?? show)(asked)
}

/** One window: its flame, or its file. */
const single: Route = ({ path, store, pages }) => {
  const [, id, isFile] = /^\/windows\/(\d{1,15})(\.pb\.gz)?$/.exec(path) ?? []
  const window = id === undefined ? undefined : store.window(Number(id))
  const content = window && store.content(window.id)
  const file = window && !isFile ? fileOf(store, window) : undefined
  if (window && file) return page(pages.profile({ label: labelOf(window), files: [file] }))
  if (!window || !content) throw new Refusal(404, 'there is nothing here.')
  const headers = {
    'content-type': 'application/octet-stream',
    'content-disposition': `attachment; filename="window-${window.id}.pb.gz"`,
  }
  return { headers, body: content }
}

function sideOf({ store, query }: Asked, side: string): DiffSide {
  const selection = selectionFrom(query, side)
  const { files, of } = filesOf(store, selection)
  const some = files.length < of ? `, ${files.length} of ${of} windows` : ''
  return { label: `${labelOf(selection)}${some}`, files }
}
