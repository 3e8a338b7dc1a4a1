/** The body of an answer as its sender meant it: decoded by `content-encoding`, read in its charset. RFC 9110, section 8. */
import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync, zstdDecompressSync } from 'node:zlib'
import type { Answer } from '../model/requests.ts'

/** Bytes of a decoded body: a small one may be made to fill the memory. */
const LARGEST = 64 * 2 ** 20

const LIMIT = { maxOutputLength: LARGEST }

const DECODERS: Record<string, (body: Buffer) => Buffer> = {
  gzip: body => gunzipSync(body, LIMIT),
  'x-gzip': body => gunzipSync(body, LIMIT),
  deflate: body => (isZlib(body) ? inflateSync(body, LIMIT) : inflateRawSync(body, LIMIT)),
  br: body => brotliDecompressSync(body, LIMIT),
  zstd: body => zstdDecompressSync(body, LIMIT),
  identity: body => body,
}

/** `deflate` has a header and a checksum, which some servers leave out. RFC 1950, section 2.2. */
const isZlib = (body: Buffer) => (body[0]! & 0x0f) === 8 && body.length > 1 && body.readUInt16BE(0) % 31 === 0

/** A body that cannot be read; the message says why, for a sentence that begins with what was answered. */
export class UnreadableBody extends Error {}

/** All values of a header, in their order. */
export function valuesOf({ headers }: Pick<Answer, 'headers'>, name: string): string[] {
  const wanted = name.toLowerCase()
  return headers.filter((_, i) => i % 2 === 1 && headers[i - 1]!.toLowerCase() === wanted)
}

/**
 * The bytes before they were encoded. An answer without a body has none to decode, whatever its headers say.
 *
 * @throws UnreadableBody when it is damaged, or encoded in a way that is not known
 */
export function decoded(answer: Pick<Answer, 'headers' | 'body'>): Buffer {
  if (answer.body.length === 0) return answer.body
  const encodings = valuesOf(answer, 'content-encoding')
    .flatMap(value => value.toLowerCase().split(','))
    .map(name => name.trim())
    .filter(name => name !== '')
  // The last one was applied last.
  return encodings.reduceRight((body, encoding) => decode(body, encoding), answer.body)
}

function decode(body: Buffer, encoding: string): Buffer {
  const decoder = Object.hasOwn(DECODERS, encoding) ? DECODERS[encoding]! : undefined
  if (!decoder)
    throw new UnreadableBody(
      `a body with the content-encoding \`${encoding}\`, which is not known (gzip, deflate, br and zstd are)`,
    )
  try {
    return decoder(body)
  } catch (cause) {
    const why =
      (cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE'
        ? `it has more than ${LARGEST} bytes`
        : (cause as Error).message
    throw new UnreadableBody(`a body that cannot be decoded as ${encoding} (${why})`, { cause })
  }
}

/** An answer whose body is decoded once, when somebody looks at it. */
export class Received {
  readonly answer: Answer
  #bytes: Buffer | undefined
  #text: string | undefined

  constructor(answer: Answer) {
    this.answer = answer
  }

  /** @throws UnreadableBody */
  get bytes(): Buffer {
    this.#bytes ??= decoded(this.answer)
    return this.#bytes
  }

  /** @throws UnreadableBody */
  get text(): string {
    this.#text ??= inCharset(this.bytes, this.answer)
    return this.#text
  }
}

/** Checks an answer; what is wrong with it, in words. */
export type Check = (received: Received) => string | undefined

/** As JSON; undefined when it is not. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The beginning of a body for people to read; empty where it cannot be decoded. */
export function beginningOf(answer: Pick<Answer, 'headers' | 'body'>, characters: number): string {
  try {
    // Enough for so many characters in any charset.
    return inCharset(decoded(answer).subarray(0, 4 * characters), answer).slice(0, characters)
  } catch {
    return ''
  }
}

const UTF_8 = new TextDecoder()
const decoders = new Map<string, TextDecoder>()

/** As text: UTF-8 unless `content-type` says another charset that is known. */
function inCharset(body: Buffer, answer: Pick<Answer, 'headers'>): string {
  const [type = ''] = valuesOf(answer, 'content-type')
  const [, charset] = /;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(type) ?? []
  return (charset === undefined ? UTF_8 : decoderFor(charset.toLowerCase())).decode(body)
}

function decoderFor(charset: string): TextDecoder {
  const known = decoders.get(charset)
  if (known) return known
  // A name is a server's choice: they must not pile up.
  if (decoders.size > 100) decoders.clear()
  const decoder = decoderOf(charset)
  decoders.set(charset, decoder)
  return decoder
}

function decoderOf(charset: string): TextDecoder {
  try {
    return new TextDecoder(charset)
  } catch {
    return UTF_8
  }
}
