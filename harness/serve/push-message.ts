/** A pushed series of profiles, as JSON or as protocol buffers (`push.v1.PushRequest`). */
import { z } from 'zod'
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

/** @throws Refusal */
export function readPushJson(text: string): Pushed[] {
  let raw: unknown
  try {
    raw = JSON.parse(text)
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
  let at = 0
  const varint = (): number => {
    let value = 0
    for (let shift = 0; shift < 10; shift++) {
      const byte = bytes[at++]
      if (byte === undefined) throw damaged()
      value += (byte & 127) * 2 ** (7 * shift)
      if (byte < 128) return value
    }
    throw damaged()
  }
  while (at < bytes.length) {
    const key = varint()
    const [number, wire] = [Math.floor(key / 8), key % 8]
    if (wire === 0) varint()
    else if (wire === 1) at += 8
    else if (wire === 5) at += 4
    else if (wire === 2) {
      const length = varint()
      if (at + length > bytes.length) throw damaged()
      if (number === wanted) found.push(bytes.subarray(at, at + length))
      at += length
    } else throw damaged()
    if (at > bytes.length) throw damaged()
  }
  return found
}

const damaged = () => new Refusal(400, 'the message is damaged, or no push.')
