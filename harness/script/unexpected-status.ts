/** Words for a status that was not expected. It can come from a rate limiter, which mistakes a load generator for an attack. */
import type { HttpResponse } from '../model/http.ts'
import { valuesOf } from './response.ts'

const NOTHING = /^\s*(0|-\d+)\s*$/

/**
 * Headers by which limiters say that nothing is left: `X-RateLimit-Remaining: 0`, and in the drafts of the IETF
 * `RateLimit-Remaining: 0`, `RateLimit: limit=100, remaining=0, reset=50` and `RateLimit: "default";r=0;t=50`.
 */
const LEFT: [name: string, nothing: RegExp][] = [
  ['x-ratelimit-remaining', NOTHING],
  ['x-rate-limit-remaining', NOTHING],
  ['ratelimit-remaining', NOTHING],
  ['ratelimit', /\b(remaining|r)\s*=\s*-?0\b/i],
]

/** Switching protocols, and asking for it. */
const UPGRADES = new Set([101, 426])

export const isWebSocket = (protocols: string): boolean => /\bwebsocket\b/i.test(protocols)

/** Describes an unexpected status, without numbers that count down, because failures are grouped by this text. */
export function statusProblem({ status, headers }: Pick<HttpResponse, 'status' | 'headers'>): string {
  if (status === 503 && valuesOf(headers, 'retry-after').length > 0) return 'status 503 with retry-after'
  if (UPGRADES.has(status) && valuesOf(headers, 'upgrade').some(isWebSocket))
    return `status ${status} for a WebSocket, which is not supported`
  if (status < 400 || status === 429) return `status ${status}`
  const empty = LEFT.find(([name, nothing]) => valuesOf(headers, name).some(value => nothing.test(value)))
  return `status ${status}${empty ? ` with ${empty[0]} at 0` : ''}`
}

/** Whether a problem comes from a rate limiter, as `statusProblem` or the service itself describes it. */
export const isLimited = (problem: string): boolean =>
  /^status 429\b|^status 503 with retry-after|^status \d+ with [\w-]+ at 0|rate.?limit|too many requests/i.test(
    problem,
  )
