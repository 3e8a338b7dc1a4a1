/** What Datadog's tracers upload: a form with an event as JSON, and the profiles that it names. */
import type { IncomingMessage } from 'node:http'
import { gzipSync, zstdDecompressSync } from 'node:zlib'
import { z } from 'zod'
import type { Bodies } from './body.ts'
import { readLabels } from './labels.ts'
import { LIMITS } from './limits.ts'
import { formIn, type Received, receivedFrom } from './receive.ts'
import { Refusal } from './refusal.ts'

const shape = z.object({
  attachments: z.array(z.string()).max(LIMITS.profiles),
  start: z.iso.datetime(),
  end: z.iso.datetime(),
  /** `service:shop,version:1.4` */
  tags_profiler: z.string(),
})

/** What happened when, without costs: not a profile to compare. */
const TIMELINE = 'events.pprof'

/** @returns decodes one after the other @throws Refusal, also while it decodes */
export async function receiveUpload(request: IncomingMessage, bodies: Bodies): Promise<Iterable<Received>> {
  const form = await formIn(await bodies.of(request), request.headers['content-type'] ?? '')
  const { attachments, start, end, tags_profiler: tags } = await eventIn(form?.get('event'))
  const named = readLabels(
    tags
      .split(',')
      .filter(tag => tag.includes(':'))
      .map(labelFrom),
  )
  const between = { from: Date.parse(start), until: Date.parse(end) }
  const parts = attachments
    .filter(name => name.endsWith('.pprof') && name !== TIMELINE)
    .map(name => form?.get(name))
    .filter(part => part instanceof File)
  const contents = await Promise.all(parts.map(part => part.bytes()))
  return contents.values().map(content => receivedFrom(repacked(content), named, between))
}

const ZSTD = Buffer.from([0x28, 0xb5, 0x2f, 0xfd])

/** Newer versions of Node have zstd, and tracers there use it. Tools for pprof read gzip only. @throws Refusal */
function repacked(content: Uint8Array): Uint8Array {
  if (!ZSTD.equals(content.subarray(0, ZSTD.length))) return content
  try {
    return gzipSync(zstdDecompressSync(content, { maxOutputLength: LIMITS.body }))
  } catch {
    throw new Refusal(422, `the profile is not zstd, or has more than ${LIMITS.body} bytes.`)
  }
}

async function eventIn(part: string | File | null | undefined): Promise<z.infer<typeof shape>> {
  const text = part instanceof File ? await part.text() : part
  if (!text) throw new Refusal(400, 'the form has no part named event.')
  let raw: unknown
  try {
    raw = JSON.parse(text)
  } catch {
    throw new Refusal(400, 'the event is not JSON.')
  }
  const read = shape.safeParse(raw)
  if (read.success) return read.data
  throw new Refusal(400, `the event is not that of a profile: ${read.error.issues[0]?.path.join('.')}.`)
}

/** A value can hold colons. */
function labelFrom(tag: string): [string, string] {
  const at = tag.indexOf(':')
  const name = tag.slice(0, at)
  return [name === 'service' ? 'service_name' : name, tag.slice(at + 1)]
}
