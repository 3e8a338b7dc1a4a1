/** The parts of requests' times as a profile. */
import type { Profile } from '../model/profile.ts'
import type { FollowedRequests, WaitFrame } from '../model/waits.ts'
import { ProfileBuilder } from '../profile/index.ts'
import { nameOf } from './names.ts'
import type { TakenApart } from './times.ts'

/** Nanoseconds of the typical requests, of the slow ones, and of all: what they waited, without what they did. */
export const VALUES = ['typical', 'slow', 'wait'].map(type => ({ type, unit: 'nanoseconds' }))

/**
 * `wait` stands for all requests that the agent saw, also those that it did not follow.
 *
 * @param needs names of what the service needs, by port; @param about the profile, as its builder takes it
 */
export function waitProfile(
  followed: TakenApart[],
  seen: FollowedRequests,
  needs?: Record<string, string>,
  about?: Parameters<ProfileBuilder['build']>[0],
): Profile {
  const builder = new ProfileBuilder(VALUES)
  const scale = followed.length > 0 ? seen.seen / followed.length : 0
  const framesOf = (stack: number) => (seen.stacks[stack] ?? []).map(at => seen.frames[at]!)
  const outermost = seen.stacks.map((_, stack) => {
    const frames = framesOf(stack)
    return { frames, at: frames.toReversed().reduce((parent, frame) => stackOf(builder, parent, frame), -1) }
  })
  for (const { parts, isTypical, isSlow } of followed) {
    for (const { kind, cause, stack, time } of parts) {
      const { frames = [], at = -1 } = outermost[stack] ?? {}
      const known = cause === undefined ? undefined : seen.causes[cause]!
      const name = nameOf(kind, known, { frames, reader: framesOf(known?.reader ?? -1) }, needs)
      const leaf = builder.stack(at, builder.location(builder.function(name)))
      const ns = time * 1e6
      const isWait = kind !== 'own' && kind !== 'collection' && kind !== 'delivery'
      builder.sample(leaf, [isTypical ? ns : 0, isSlow ? ns : 0, isWait ? ns * scale : 0])
    }
  }
  return builder.build(about)
}

const stackOf = (builder: ProfileBuilder, parent: number, frame: WaitFrame): number =>
  builder.stack(
    parent,
    builder.location(
      builder.function(frame.name, frame.file, frame.startLine, frame.startColumn),
      frame.line,
    ),
  )
