/** Requests as the bytes of HTTP/1.1. RFC 9112. */
import type { HttpRequest, PlannedRequest } from '../../model/http.ts'

/** @param host for the header of that name, unless the request has one */
export function serialize({ method, path, headers, body }: HttpRequest, host: string): Buffer {
  const content = body === undefined ? undefined : Buffer.from(body as string)
  const length = content?.length ?? (method === 'GET' || method === 'DELETE' ? undefined : 0)
  const fields = Object.entries({ host, connection: 'keep-alive', ...headers })
  const lines = [`${method} ${path} HTTP/1.1`, ...fields.map(([name, value]) => `${name}: ${value}`)]
  if (length !== undefined) lines.push(`content-length: ${length}`)
  const head = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`)
  return content ? Buffer.concat([head, content]) : head
}

export type Serialize = (request: HttpRequest) => Buffer

/** Makes a function that serializes requests. Those in `repeated`, which come again as the same object, are done now. */
export function serializer(host: string, repeated: readonly PlannedRequest[]): Serialize {
  const ready = new Map<HttpRequest, Buffer>()
  for (const { request } of repeated) if (request) ready.set(request, serialize(request, host))
  return request => ready.get(request) ?? serialize(request, host)
}
