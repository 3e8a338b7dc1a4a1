/** Bodies of requests, unpacked and bounded: each, and all that are on their way together. */
import type { IncomingMessage } from 'node:http'
import { gunzipSync } from 'node:zlib'
import { LIMITS } from './limits.ts'
import { Refusal } from './refusal.ts'

/** Bytes that a chunk takes besides its content: somebody may send one byte at a time. */
const PER_CHUNK = 256

/** A body on its way. */
interface Coming {
  chunks: Buffer[]
  bytes: number
  hasGivenWay: boolean
}

export class Bodies {
  readonly #coming = new Set<Coming>()
  #bytes = 0

  /** @throws Refusal when it is too large, or packed in another way than gzip */
  async of(request: IncomingMessage): Promise<Buffer> {
    if (Number(request.headers['content-length'] ?? 0) > LIMITS.body) throw tooLarge()
    const body = await this.#whole(request)
    const encoding = request.headers['content-encoding'] ?? 'identity'
    if (encoding === 'identity') return body
    if (encoding !== 'gzip') throw new Refusal(415, `content-encoding ${encoding} is not known; send gzip.`)
    try {
      return gunzipSync(body, { maxOutputLength: LIMITS.body })
    } catch {
      throw new Refusal(400, `the body is not gzip, or has more than ${LIMITS.body} bytes.`)
    }
  }

  async #whole(request: IncomingMessage): Promise<Buffer> {
    const own: Coming = { chunks: [], bytes: 0, hasGivenWay: false }
    this.#coming.add(own)
    try {
      // A client that sends too much gets to know, for which the connection must stay open.
      for await (const chunk of request.iterator({ destroyOnReturn: false })) {
        if (own.hasGivenWay) break
        own.chunks.push(chunk)
        this.#count(own, chunk.length + PER_CHUNK)
        if (own.bytes > LIMITS.body) throw tooLarge()
      }
      if (own.hasGivenWay) throw new Refusal(503, 'too much was sent at once; send it again.')
      return Buffer.concat(own.chunks)
    } finally {
      this.#count(own, -own.bytes)
      this.#coming.delete(own)
    }
  }

  /** The largest gives way when there is no room: it is the one that others wait for. */
  #count(coming: Coming, bytes: number): void {
    coming.bytes += bytes
    this.#bytes += bytes
    if (this.#bytes <= LIMITS.bodies) return
    const largest = [...this.#coming].reduce((most, one) => (one.bytes > most.bytes ? one : most))
    this.#bytes -= largest.bytes
    Object.assign(largest, { chunks: [], bytes: 0, hasGivenWay: true })
  }
}

const tooLarge = () => new Refusal(413, `the body has more than ${LIMITS.body} bytes.`)
