/** The body of a response as its sender meant it: decoded by `content-encoding`, read in its charset. RFC 9110, section 8. */
import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync, zstdDecompressSync } from 'node:zlib'
import type { HttpResponse } from '../model/http.ts'

/** Bytes of a decoded body: a small body can expand until it fills the memory. */
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

/** A body that cannot be read. Its message continues “it answered with …”. */
export class UnreadableBody extends Error {}

/** All values of a header, in order. */
export function valuesOf(headers: string[], name: string): string[] {
  const wanted = name.toLowerCase()
  return headers.filter((_, i) => i % 2 === 1 && headers[i - 1]!.toLowerCase() === wanted)
}

type Content = Pick<HttpResponse, 'headers' | 'body'>

/** The bytes before they were encoded; an empty body never is. @throws UnreadableBody when it is damaged or of unknown encoding */
export function decoded({ headers, body }: Content): Buffer {
  if (body.length === 0) return body
  const encodings = valuesOf(headers, 'content-encoding')
    .join()
    .toLowerCase()
    .match(/[^\s,]+(\s+[^\s,]+)*/g)
  // The last one was applied last.
  return (encodings ?? []).reduceRight(decode, body)
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
    const { code, message } = cause as NodeJS.ErrnoException
    const why = code === 'ERR_BUFFER_TOO_LARGE' ? `it has more than ${LARGEST} bytes` : message
    throw new UnreadableBody(`a body that cannot be decoded as ${encoding} (${why})`, { cause })
  }
}

/** A response whose body is decoded once, when an expectation or a capture looks at it. Both getters throw UnreadableBody. */
export class DecodedResponse {
  readonly headers: string[]
  readonly #body: Buffer
  #bytes: Buffer | undefined
  #text: string | undefined

  constructor({ headers, body }: Content) {
    this.headers = headers
    this.#body = body
  }

  get bytes(): Buffer {
    this.#bytes ??= decoded({ headers: this.headers, body: this.#body })
    return this.#bytes
  }

  get text(): string {
    this.#text ??= inCharset(this.bytes, this.headers)
    return this.#text
  }
}

/** @returns what is wrong with the response, as text, if anything is */
export type Expectation = (response: DecodedResponse) => string | undefined

/** The beginning of a body for people to read; empty when it cannot be decoded. */
export function beginningOf(response: Content, characters: number): string {
  try {
    // No charset needs more than four bytes for a character.
    return inCharset(decoded(response).subarray(0, 4 * characters), response.headers).slice(0, characters)
  } catch {
    return ''
  }
}

const UTF_8 = new TextDecoder()
const decoders = new Map<string, TextDecoder>()

/** UTF-8, unless `content-type` names another charset that is known. */
function inCharset(body: Buffer, headers: string[]): string {
  const [type = ''] = valuesOf(headers, 'content-type')
  const [, charset] = /;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(type) ?? []
  return (charset === undefined ? UTF_8 : decoderFor(charset.toLowerCase())).decode(body)
}

function decoderFor(charset: string): TextDecoder {
  let decoder = decoders.get(charset)
  if (decoder) return decoder
  try {
    decoder = new TextDecoder(charset)
  } catch {
    decoder = UTF_8
  }
  // Servers choose these names, so they must not pile up.
  if (decoders.size > 100) decoders.clear()
  decoders.set(charset, decoder)
  return decoder
}
