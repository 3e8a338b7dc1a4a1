/** Requests as the fields of HTTP/2. RFC 9113, section 8.3. */
import type { OutgoingHttpHeaders } from 'node:http2'
import type { HttpRequest } from '../../model/http.ts'

export interface Http2Message {
  headers: OutgoingHttpHeaders
  body?: Buffer
}

/** Fields that only make sense on a connection of HTTP/1.1. RFC 9113, section 8.2.2. */
const OF_CONNECTION = new Set([
  'connection',
  'host',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
])

/** @param origin of the service, which gives the scheme and the authority unless the request has a `host` */
export function http2Message({ method, path, headers, body }: HttpRequest, origin: string): Http2Message {
  const { protocol, host } = new URL(origin)
  const fields = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const)
  const own = fields.filter(([name]) => !OF_CONNECTION.has(name))
  const authority = fields.find(([name]) => name === 'host')?.[1] ?? host
  const content = body === undefined ? undefined : Buffer.from(body as string)
  return {
    headers: {
      ':method': method,
      ':scheme': protocol.slice(0, -1),
      ':authority': authority,
      ':path': path,
      ...Object.fromEntries(own),
      ...(content && { 'content-length': content.length }),
    },
    body: content,
  }
}
