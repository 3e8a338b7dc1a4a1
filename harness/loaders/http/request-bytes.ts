/** Requests as the bytes of HTTP/1.1. RFC 9112. */
import type { HttpRequest } from '../../model/http.ts'

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
