/**
 * The processor time of windows. V8 samples by the clock, and where processors are short, its samples are late or lost: how many depends
 * on what else runs. So samples only say how the time is divided, and its sum is what the kernel counted for the main thread.
 */
import type { Profile } from '../model/profile.ts'
import { windowOf } from '../profile/index.ts'

/** Whether this is a whole window of CPU time for which the kernel's count is known. */
export function hasCountedTime(profile: Profile): boolean {
  const { kind, mainCpu = 0 } = windowOf(profile) ?? {}
  return kind === 'window' && mainCpu > 0 && profile.valueTypes.at(-1)?.type === 'cpu'
}

/** The same profile, whose samples add up to the counted time, except for idle ones. */
export function inCountedTime(profile: Profile): Profile {
  const { samples } = profile
  const isIdle = idleStacks(profile)
  const values = samples.values.at(-1)!
  const sampled = values.reduce((sum, value, at) => (isIdle(samples.stack[at]!) ? sum : sum + value), 0)
  if (sampled === 0) return profile
  const factor = windowOf(profile)!.mainCpu! / sampled
  const counted = values.map((value, at) => (isIdle(samples.stack[at]!) ? value : value * factor))
  return { ...profile, samples: { ...samples, values: [...samples.values.slice(0, -1), counted] } }
}

function idleStacks({ strings, functions, locations, stacks }: Profile): (stack: number) => boolean {
  const idle = strings.indexOf('(idle)')
  return stack => stack >= 0 && functions.name[locations.function[stacks.location[stack]!]!] === idle
}
