/** Requests as the bytes of HTTP/1.1. RFC 9112. */
import type { HttpRequest, PlannedRequest } from '../../model/http.ts'

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

/** Serializes requests, and those that never change only once. */
export class RequestBytes {
  readonly #host: string
  readonly #ready: ReadonlyMap<HttpRequest, Buffer>

  /** @param repeated requests that come again as the same object */
  constructor(host: string, repeated: readonly PlannedRequest[]) {
    this.#host = host
    this.#ready = new Map(
      repeated.flatMap(({ request }) => (request ? [[request, serialize(request, host)]] : [])),
    )
  }

  of(request: HttpRequest): Buffer {
    return this.#ready.get(request) ?? serialize(request, this.#host)
  }
}
