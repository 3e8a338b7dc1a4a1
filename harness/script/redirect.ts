/** Redirects. RFC 9110, section 15.4. */
import type { Hop, HttpRequest } from '../model/http.ts'
import { valuesOf } from './response.ts'

const REDIRECTS = new Set([301, 302, 303, 307, 308])
/** With these, the method and the body stay as they are. */
const UNCHANGED = new Set([307, 308])

/** The request to which a response redirects; undefined if it does not, or if it leads to another origin. */
export function redirected({ request, response, origin }: Hop): HttpRequest | undefined {
  const { status, headers } = response
  if (!REDIRECTS.has(status)) return undefined
  const [location] = valuesOf(headers, 'location')
  const to = location === undefined ? null : URL.parse(location, origin + request.path)
  if (to === null || !isOwn(to, request, origin)) return undefined
  const path = to.pathname + to.search
  if (UNCHANGED.has(status) || isSafe(request.method)) return { ...request, path }
  return { method: 'GET', path, headers: withoutContent(request.headers) }
}

/** A service that knows its own name from `host` redirects there. */
const isOwn = (to: URL, { headers }: HttpRequest, origin: string): boolean =>
  to.origin === origin || to.host === headers.host

const isSafe = (method: string): boolean => method === 'GET' || method === 'HEAD'

const withoutContent = (headers: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith('content-')))
