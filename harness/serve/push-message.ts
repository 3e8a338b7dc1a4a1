/** A pushed series of profiles, as JSON or as protocol buffers (`push.v1.PushRequest`). */
import { z } from 'zod'
import { WireReader } from '../formats/index.ts'
import { Refusal } from './refusal.ts'

export interface Pushed {
  labels: [string, string][]
  profiles: Uint8Array[]
}

const shape = z.object({
  series: z
    .array(
      z.object({
        labels: z.array(z.object({ name: z.string(), value: z.string().default('') })).default([]),
        samples: z.array(z.object({ rawProfile: z.base64() })).default([]),
      }),
    )
    .default([]),
})

const [COMMA, BRACE, BRACKET] = [...',{['].map(character => character.charCodeAt(0))

/** Objects, lists and members of a message, which take much more memory than their text. */
const MOST_PARTS = 100_000

/** @throws Refusal */
export function readPushJson(body: Buffer): Pushed[] {
  let parts = 0
  for (const byte of body) if (byte === COMMA || byte === BRACE || byte === BRACKET) parts++
  if (parts > MOST_PARTS) throw tooMany()
  let raw: unknown
  try {
    raw = JSON.parse(body.toString())
  } catch {
    throw new Refusal(400, 'the body is not JSON.')
  }
  const read = shape.safeParse(raw)
  if (!read.success)
    throw new Refusal(400, `the message is not a push: ${read.error.issues[0]?.path.join('.')}.`)
  return read.data.series.map(({ labels, samples }) => ({
    labels: labels.map(({ name, value }): [string, string] => [name, value]),
    profiles: samples.map(({ rawProfile }) => Buffer.from(rawProfile, 'base64')),
  }))
}

/** Fields of one kind in a message. */
const MOST_FIELDS = 100

/** Field numbers. */
const SERIES = 1
const LABELS = 1
const SAMPLES = 2
const [NAME, VALUE] = [1, 2]
const RAW_PROFILE = 1

/** @throws Refusal */
export function readPushMessage(bytes: Uint8Array): Pushed[] {
  const text = (field: Uint8Array | undefined) => Buffer.from(field ?? []).toString()
  return fieldsOf(bytes, SERIES).map(series => ({
    labels: fieldsOf(series, LABELS).map((label): [string, string] => [
      text(fieldsOf(label, NAME)[0]),
      text(fieldsOf(label, VALUE)[0]),
    ]),
    profiles: fieldsOf(series, SAMPLES).flatMap(sample => fieldsOf(sample, RAW_PROFILE).slice(0, 1)),
  }))
}

/** Everything with a length that has this number. Other fields are skipped. */
function fieldsOf(bytes: Uint8Array, wanted: number): Uint8Array[] {
  const found: Uint8Array[] = []
  const reader = new WireReader(bytes)
  try {
    while (found.length <= MOST_FIELDS && reader.next())
      if (reader.field === wanted) found.push(bytes.subarray(reader.from, reader.to))
  } catch {
    throw new Refusal(400, 'the message is damaged, or no push.')
  }
  if (found.length > MOST_FIELDS) throw tooMany()
  return found
}

const tooMany = () => new Refusal(413, 'there are too many labels, or series, or samples, in one push.')
