/** `capacity <scenario…>`: the highest rate at which the latency stays under a limit, of every variant. */
import type { Command } from '../command.ts'
import { measure } from './measure.ts'

/** Milliseconds. */
const LIMIT = 100

export const capacity: Command = {
  operands: '<scenario…>',
  help: 'the highest rate at which p99 stays under a limit',
  details: `Sends the script of a scenario at one rate after the other, to every variant in turn, until it is known between which
two the 99th percentile passes the limit (--limit). The variants are compared by the ratio of their capacities.`,
  configurable: true,
  flags: [
    'limit',
    'dry-run',
    'rounds',
    'max-time',
    'variants',
    'baseline',
    'strict',
    'seed',
    'wait',
    'json',
    'output',
  ],
  run: ({ options, ...given }, host, engine) =>
    measure.run({ ...given, options: { limit: LIMIT, ...options } }, host, engine),
}
