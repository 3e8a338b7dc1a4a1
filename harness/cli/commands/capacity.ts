/** `capacity <scenario…>`: the highest rate at which the latency stays under a limit, of every variant. */
import type { Command } from '../command.ts'
import type { FlagName } from '../flags.ts'
import { measure } from './measure.ts'

/** Milliseconds. */
const LIMIT = 100

/** A search for the capacity has its own load, gate and number of rounds at each rate. */
const UNUSED: FlagName[] = ['quick', 'save-baseline', 'gate', 'aa', 'heap-snapshot']

export const capacity: Command = {
  operands: '<scenario…>',
  help: 'the highest rate at which p99 stays under a limit',
  details: `Sends the script of a scenario at one rate after the other, to every variant in turn, until it is known between which
two the 99th percentile passes the limit (--limit). The variants are compared by the ratio of their capacities.`,
  configurable: true,
  flags: ['limit', ...measure.flags.filter(flag => !UNUSED.includes(flag))],
  run: ({ options, ...given }, host, engine) =>
    measure.run({ ...given, options: { limit: LIMIT, ...options } }, host, engine),
}
