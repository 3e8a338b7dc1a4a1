/** `capacity <scenario…>`: finds the highest rate at which the latency of each variant stays under a limit. */
import type { Command } from '../command.ts'
import { measure, measuringFlagsWithout } from './measure.ts'

/** Milliseconds. */
const LIMIT = 100

export const capacity: Command = {
  operands: '<scenario…>',
  help: 'find the highest rate at which p99 stays under a limit',
  details: `Sends the script of a scenario to every variant in turn, at one rate after the other, until it is clear between which two
rates the 99th percentile passes the limit (--limit). Variants are compared by the ratio of their capacities.`,
  configurable: true,
  flags: ['limit', ...measuringFlagsWithout('quick', 'save-baseline', 'gate', 'aa', 'heap-snapshot')],
  run: ({ options, ...given }, host, engine) =>
    measure.run({ ...given, options: { limit: LIMIT, ...options } }, host, engine),
}
