/** A profile of functions that nobody ran: each is called by those that name it, or by the one around it. */
import type { Profile } from '../../harness/model/profile.ts'
import { ProfileBuilder } from '../../harness/profile/index.ts'
import type { Random } from '../../harness/stats/random.ts'
import type { Listed } from './functions.ts'

/** Most callers of a function, and calls of a stack. */
const MOST_CALLERS = 3
const DEEPEST = 12

/**
 * A sample of each call.
 *
 * @param share of the calls that are sampled, at random
 */
export function profileOf(functions: Listed[], share: number, random: Random): Profile {
  const builder = new ProfileBuilder([{ type: 'cpu', unit: 'nanoseconds' }])
  // A function without a sample must not be in the profile.
  const locationOf = (at: number) => {
    const { name, file, line, column } = functions[at]!
    return builder.location(builder.function(name, file, line, column))
  }
  const callers = callersOf(functions)
  /** The stack above a function, outermost first: always by its first caller. */
  const stackOf = (at: number): number => {
    const chain = [at]
    for (let up = callers[at]![0]; up !== undefined && chain.length < DEEPEST; up = callers[up]![0]) {
      if (chain.includes(up)) break
      chain.unshift(up)
    }
    return chain.reduce((stack, it) => builder.stack(stack, locationOf(it)), -1)
  }
  for (const [at, own] of callers.entries())
    for (const caller of own.length > 0 ? own : [-1])
      if (random() < share)
        builder.sample(builder.stack(caller === -1 ? -1 : stackOf(caller), locationOf(at)), [1])
  return builder.build()
}

/** Who calls each function, by index: functions of its file that name it, or else of others if the name is unique. */
function callersOf(functions: Listed[]): number[][] {
  const callers = functions.map(() => new Set<number>())
  const named = Map.groupBy(functions.keys(), at => lastName(functions[at]!.name))
  for (const [caller, { calls, file }] of functions.entries())
    for (const name of calls) {
      const all = named.get(name) ?? []
      const near = all.filter(at => functions[at]!.file === file)
      for (const at of near.length > 0 ? near : all.length === 1 ? all : [])
        if (at !== caller) callers[at]!.add(caller)
    }
  return callers.map((known, at) => {
    const { around } = functions[at]!
    return known.size > 0 || around === -1 ? [...known].slice(0, MOST_CALLERS) : [around]
  })
}

/** V8 calls a function that is assigned to a property `Router.handle`. */
const lastName = (name: string): string => name.slice(name.lastIndexOf('.') + 1)
