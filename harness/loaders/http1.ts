/** Requests as the bytes of HTTP/1.1. RFC 9112. */
import type { Ask, HttpRequest } from '../model/requests.ts'

/** @param host for the header of that name, unless the request has one */
export function serialize({ method, path, headers, body }: HttpRequest, host: string): Buffer {
  const content = body === undefined ? undefined : Buffer.from(body as string)
  const length = content?.length ?? (method === 'GET' || method === 'DELETE' ? undefined : 0)
  const lines = [
    `${method} ${path} HTTP/1.1`,
    ...Object.entries({ host, connection: 'keep-alive', ...headers }).map(
      ([name, value]) => `${name}: ${value}`,
    ),
    ...(length === undefined ? [] : [`content-length: ${length}`]),
  ]
  const head = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`)
  return content ? Buffer.concat([head, content]) : head
}

/** Turns requests into bytes; those that are the same object each time were turned before. */
export class Wire {
  readonly #host: string
  readonly #ready: ReadonlyMap<HttpRequest, Buffer>

  /**
   * @param host for the header of that name
   * @param asks that may come again
   */
  constructor(host: string, asks: readonly Ask[]) {
    this.#host = host
    this.#ready = new Map(
      asks.flatMap(({ request }) => (request ? [[request, serialize(request, host)]] : [])),
    )
  }

  bytes(request: HttpRequest): Buffer {
    return this.#ready.get(request) ?? serialize(request, this.#host)
  }
}
