/** The cookies of one connection, as a browser keeps those of a site. RFC 6265. */
import type { HttpRequest } from '../model/http.ts'
import { valuesOf } from './response.ts'

export class CookieJar {
  readonly #cookies = new Map<string, string>()
  #text = ''

  /** @param headers names and values in turn */
  take(headers: string[]): void {
    for (const line of valuesOf(headers, 'set-cookie')) {
      const [pair = '', ...attributes] = line.split(';').map(part => part.trim())
      const at = pair.indexOf('=')
      if (at <= 0) continue
      const name = pair.slice(0, at)
      if (attributes.some(isOver)) this.#cookies.delete(name)
      else this.#cookies.set(name, pair.slice(at + 1))
      this.#text = [...this.#cookies].map(each => each.join('=')).join('; ')
    }
  }

  /** The request with the cookies, after those that the script sets itself. */
  addTo(request: HttpRequest): HttpRequest {
    if (this.#text === '') return request
    const { cookie, ...headers } = request.headers
    const all = cookie === undefined ? this.#text : `${cookie}; ${this.#text}`
    return { ...request, headers: { ...headers, cookie: all } }
  }
}

/** Whether an attribute removes the cookie. */
function isOver(attribute: string): boolean {
  const [name = '', value = ''] = attribute.split('=')
  if (/^max-age$/i.test(name)) return Number(value) <= 0
  return /^expires$/i.test(name) && Date.parse(value) <= Date.now()
}
