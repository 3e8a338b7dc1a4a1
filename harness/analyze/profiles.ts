/** Decodes the profiles of evidence, and tells the service's work from the profiler's. */
import { decodePprof } from '../formats/index.ts'
import type { Collected } from '../model/evidence.ts'
import type { Profile } from '../model/profile.ts'
import type { Frame } from '../profile/index.ts'

/**
 * Time in which nothing ran, and the profiler's own start and stop, which Node runs in the target's main thread:
 * both are outside of the slices.
 */
export const isOutside = ({ name, file }: Frame): boolean =>
  (name === '(idle)' && file === '') || file === 'node:inspector'

/** Decodes each profile once. */
export type Decode = (collected: Collected | undefined) => Profile | null

export function decodeOnce(): Decode {
  const known = new Map<Collected, Profile>()
  return collected => {
    if (collected?.profile === undefined) return null
    if (typeof collected.profile !== 'string') return collected.profile
    const profile = known.get(collected) ?? decodePprof(Buffer.from(collected.profile, 'base64'))
    known.set(collected, profile)
    return profile
  }
}
