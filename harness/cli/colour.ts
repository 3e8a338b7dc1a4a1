import type { Host, Output } from './host.ts'

/** `NO_COLOR` (any value) and `FORCE_COLOR` (0 is off) go before what the stream is. */
export function wantsColour({ env }: Pick<Host, 'env'>, stream: Output): boolean {
  if (env.NO_COLOR) return false
  if (env.FORCE_COLOR !== undefined) return !['0', 'false'].includes(env.FORCE_COLOR)
  return stream.isTTY === true && env.TERM !== 'dumb'
}
