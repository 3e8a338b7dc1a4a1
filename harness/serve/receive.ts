/** What agents push: Pyroscope's `/ingest`, raw or as a form, and its `PusherService`. */
import type { IncomingMessage } from 'node:http'
import { ProfileError } from '../formats/index.ts'
import type { Profile } from '../model/profile.ts'
import { windowOf } from '../profile/index.ts'
import type { Bodies } from './body.ts'
import { decode } from './decoded.ts'
import { type Named, readLabels, readName } from './labels.ts'
import { LIMITS } from './limits.ts'
import { readPushJson, readPushMessage } from './push-message.ts'
import { Refusal } from './refusal.ts'
import type { NewWindow } from './store.ts'

export interface Received {
  window: NewWindow
  /** pprof, gzipped or not, as it came. */
  content: Uint8Array
  profile: Profile
}

const FORM = /^multipart\/form-data\b/i

/** Formats of `/ingest` that others accept too. */
const OTHERS = ['jfr', 'lines', 'groups', 'trie', 'tree', 'speedscope']

/** @throws Refusal */
export async function receiveIngest(
  request: IncomingMessage,
  query: URLSearchParams,
  bodies: Bodies,
): Promise<Received> {
  const format = query.get('format') ?? 'pprof'
  if (OTHERS.includes(format)) throw new Refusal(422, `format=${format} is not taken here; send pprof.`)
  const name = query.get('name')
  if (name === null) throw new Refusal(400, 'name is missing: ?name=app{version=1.4}&from=…&until=…')
  const named = readName(name)
  const body = await bodies.of(request)
  const content = await profileIn(body, request.headers['content-type'] ?? '')
  const [from, until] = ['from', 'until'].map(end => milliseconds(query.get(end)))
  return receivedFrom(content, named, { from, until })
}

/** @returns decodes one after the other, because all together can be large @throws Refusal, also while it decodes */
export async function receivePush(request: IncomingMessage, bodies: Bodies): Promise<Iterable<Received>> {
  const type = request.headers['content-type'] ?? ''
  const body = await bodies.of(request)
  const isJson = /^application\/json\b/.test(type)
  if (!isJson && !/^application\/(?:x-)?proto(?:buf)?\b/.test(type))
    throw new Refusal(415, 'send application/json or application/proto.')
  const pushed = isJson ? readPushJson(body) : readPushMessage(body)
  const named = pushed.flatMap(({ labels, profiles }) => {
    const of = readLabels(labels)
    return profiles.map(content => ({ content, of }))
  })
  if (named.length > LIMITS.profiles)
    throw new Refusal(413, `there are more than ${LIMITS.profiles} profiles in one push.`)
  return named.values().map(({ content, of }) => receivedFrom(content, of, {}))
}

/** The part `profile` of a form, or the whole body. */
async function profileIn(body: Buffer, type: string): Promise<Uint8Array> {
  if (!FORM.test(type)) return body
  const form = await formIn(body, type)
  if (form?.has('prev_profile'))
    throw new Refusal(422, 'prev_profile: profiles that go on from each other are not taken.')
  const part = form?.get('profile')
  if (!(part instanceof File)) throw new Refusal(400, 'the form has no part named profile.')
  return new Uint8Array(await part.arrayBuffer())
}

/** @returns `undefined` when it is damaged, or not a form */
export const formIn = (body: Buffer, type: string): Promise<FormData | undefined> =>
  new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData().catch(() => undefined)

/** @param times of its window, in ms since the epoch, where they are known @throws Refusal when it cannot be read */
export function receivedFrom(
  content: Uint8Array,
  named: Named,
  { from, until }: { from?: number; until?: number },
): Received {
  const profile = profileOf(content)
  const known = windowOf(profile)
  const duration = from !== undefined && until !== undefined ? until - from : profile.duration
  const window = {
    ...named,
    version: named.version || (known?.version ?? ''),
    type: profile.valueTypes.at(-1)!.type,
    startedAt: from ?? (known && Date.parse(known.startedAt)) ?? Date.now() - duration,
    duration,
    requests: known?.requests ?? null,
  }
  return { window, content, profile }
}

function profileOf(content: Uint8Array): Profile {
  try {
    return decode(content)
  } catch (error) {
    if (error instanceof ProfileError) throw new Refusal(422, `the profile cannot be read: ${error.message}`)
    throw error
  }
}

/** Agents give seconds, milliseconds or nanoseconds since the epoch. */
function milliseconds(text: string | null): number | undefined {
  if (!text || !/^\d+$/.test(text)) return undefined
  const value = Number(text)
  if (value < 1e11) return value * 1e3
  return value < 1e14 ? value : value / 1e6
}
