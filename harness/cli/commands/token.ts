/** `token <path>`: makes a token that starts one capture of a service with the probe. */
import { UsageError } from '../../model/errors.ts'
import { HEADER, makeToken } from '../../probe/token.cjs'
import type { Command } from '../command.ts'

/** Milliseconds. */
const USUAL = 60_000
const LONGEST = 600_000

export const token: Command = {
  operands: '<path>',
  help: 'make a token that starts a capture in a service with the probe',
  details: `Prints a token for one request with this path (and --method). Send it in the header ${HEADER} while it is valid: the service
answers at once with the name of the capture. It works once. The secret is read from FLAMEGATE_SECRET, and is the one that the
probe has.`,
  flags: ['method', 'valid'],
  async run({ words, options }, { env, stdout }) {
    const [path] = words as [string]
    const secret = env.FLAMEGATE_SECRET
    if (secret === undefined || secret === '')
      throw new UsageError('There is no secret to sign the token with.', {
        advice: 'Set FLAMEGATE_SECRET to the `secret` of the probe.',
      })
    if (!path.startsWith('/') || path.includes('?'))
      throw new UsageError(`\`${path}\` is not the path of a request.`, {
        advice: 'Begin it with a slash, and leave the query out: /orders.',
      })
    const { method = 'GET', valid = USUAL } = options
    if (!(valid >= 1_000 && valid <= LONGEST))
      throw new UsageError('A token is valid for 1 s to 10 min.', {
        place: '--valid',
        advice: 'Give a time such as 60s.',
      })
    stdout.write(`${makeToken({ secret, method: method.toUpperCase(), path, seconds: valid / 1_000 })}\n`)
    return undefined
  },
}
