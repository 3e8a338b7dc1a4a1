/** Makes requests ready to be sent in the version of HTTP that the load has. */
import type { LoadOptions } from '../../model/capabilities.ts'
import type { HttpRequest } from '../../model/http.ts'
import type { Message } from './exchange.ts'
import { http2Message } from './http2-message.ts'
import { serialize } from './request-bytes.ts'

export type Serialize = (request: HttpRequest) => Message

/** What is planned comes again as the same object, and is made ready now. */
export function serializer({ url, load, script }: Pick<LoadOptions, 'url' | 'load' | 'script'>): Serialize {
  const { origin, host } = new URL(url)
  const make: Serialize =
    load.protocol === 'http/2'
      ? request => http2Message(request, origin)
      : request => serialize(request, host)
  const ready = new Map<HttpRequest, Message>()
  for (const { request } of script.session(0).each) if (request) ready.set(request, make(request))
  return request => ready.get(request) ?? make(request)
}
