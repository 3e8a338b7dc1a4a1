/** Lets in programs on this machine and, from elsewhere, clients with the token. Keeps out web pages that use somebody's browser. */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import { Refusal } from './refusal.ts'

export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host)

/**
 * @param token `undefined` where everybody on this machine may ask
 * @throws Refusal
 */
export function guard({ headers }: IncomingMessage, token: string | undefined): void {
  // A browser that follows a page of another site says so.
  if (headers['sec-fetch-site'] === 'cross-site') throw new Refusal(403, 'pages of other sites may not ask.')
  if (token === undefined) {
    // A name that somebody else's DNS points here would make a page of theirs look like ours.
    const host = (headers.host ?? '').replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1')
    if (!isLoopback(host) && isIP(host) === 0) throw new Refusal(403, 'ask by the address of this machine.')
    return
  }
  const [, scheme = '', given = ''] = /^(\w+) +(.+)$/.exec(headers.authorization ?? '') ?? []
  const password = /^basic$/i.test(scheme)
    ? Buffer.from(given, 'base64')
        .toString()
        .replace(/^[^:]*:/, '')
    : given
  if (!isSame(password, token))
    throw new Refusal(401, 'a token is needed: as Bearer, or as the password of Basic.')
}

/** In a time that does not depend on where they differ. */
const isSame = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b))

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
