/** The body of a request, unpacked and bounded. */
import type { IncomingMessage } from 'node:http'
import { gunzipSync } from 'node:zlib'
import { Refusal } from './refusal.ts'

/** Bytes, packed and unpacked. */
export const MOST = { packed: 16 * 2 ** 20, unpacked: 64 * 2 ** 20 }

/** @throws Refusal when it is too large, or packed in another way than gzip */
export async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > MOST.packed) throw tooLarge()
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request) {
    length += chunk.length
    if (length > MOST.packed) throw tooLarge()
    chunks.push(chunk)
  }
  const body = Buffer.concat(chunks)
  const encoding = request.headers['content-encoding'] ?? 'identity'
  if (encoding === 'identity') return body
  if (encoding !== 'gzip') throw new Refusal(415, `content-encoding ${encoding} is not known; send gzip.`)
  try {
    return gunzipSync(body, { maxOutputLength: MOST.unpacked })
  } catch {
    throw new Refusal(400, `the body is not gzip, or has more than ${MOST.unpacked} bytes.`)
  }
}

const tooLarge = () => new Refusal(413, `the body has more than ${MOST.packed} bytes.`)
