/** Whether an answer comes from a rate limiter, which takes a load generator for an attack. */
import type { Answer } from '../model/requests.ts'
import { valuesOf } from './content.ts'

/**
 * Headers by which limiters say that nothing is left: `X-RateLimit-Remaining: 0`, and in the drafts of the IETF
 * `RateLimit-Remaining: 0`, `RateLimit: limit=100, remaining=0, reset=50` and `RateLimit: "default";r=0;t=50`.
 */
const LEFT: [name: string, nothing: RegExp][] = [
  ['x-ratelimit-remaining', /^\s*(0|-\d+)\s*$/],
  ['x-rate-limit-remaining', /^\s*(0|-\d+)\s*$/],
  ['ratelimit-remaining', /^\s*(0|-\d+)\s*$/],
  ['ratelimit', /\b(remaining|r)\s*=\s*-?0\b/i],
]

/** What went wrong with a status that is not expected, in words. What counts down is left out: ways are told apart by them. */
export function statusProblem(answer: Pick<Answer, 'status' | 'headers'>): string {
  const { status } = answer
  if (status === 503 && valuesOf(answer, 'retry-after').length > 0) return 'status 503 with retry-after'
  const empty = status >= 400 && status !== 429 && LEFT.find(([name, nothing]) => says(answer, name, nothing))
  return empty ? `status ${status} with ${empty[0]} at 0` : `status ${status}`
}

const says = (answer: Pick<Answer, 'headers'>, name: string, nothing: RegExp) =>
  valuesOf(answer, name).some(value => nothing.test(value))

/** Whether a problem, in the words of `statusProblem` or a service's own, is that of a rate limiter. */
export const isLimited = (problem: string): boolean =>
  /^status 429\b|^status 503 with retry-after|^status \d+ with [\w-]+ at 0|rate.?limit|too many requests/i.test(
    problem,
  )
