/** What a collector brought back from each process and thread of a launch, as one. */

import { encodePprof } from '../../formats/index.ts'
import type { Collected, Collector } from '../../model/capabilities.ts'
import type { CollectorResult, Constructors } from '../../model/launch.ts'
import { labelMoments, mergeProfiles } from '../../profile/index.ts'
import { relocate, type ScriptText } from '../../source-maps/index.ts'

/**
 * @param labels travel with every sample of the profile
 * @param scriptOf what is known of the scripts that functions are in
 */
export function joined(
  collected: Collected[],
  { sums = [] }: Pick<Collector, 'sums'>,
  labels: Record<string, string | number>,
  scriptOf: (url: string) => ScriptText | undefined = () => undefined,
): Omit<CollectorResult, 'slices'> {
  const profiles = collected.flatMap(({ profile }) =>
    profile ? [labelMoments(relocate(profile, scriptOf))] : [],
  )
  const pauses = collected.flatMap(({ pauses }) => (pauses ? [pauses] : []))
  const constructors = collected.flatMap(({ constructors }) => constructors ?? []).toSorted(mostGrown)[0]
  const figures: Record<string, number> = Object.assign({}, ...collected.map(({ figures }) => figures))
  for (const name of sums) figures[name] = collected.reduce((sum, { figures }) => sum + figures[name]!, 0)
  return {
    ...(profiles.length > 0 && {
      profile: Buffer.from(encodePprof(mergeProfiles(profiles), labels)).toString('base64'),
    }),
    ...(pauses.length > 0 && {
      pauses: {
        kind: pauses.flatMap(({ kind }) => kind),
        duration: pauses.flatMap(({ duration }) => duration),
        before: pauses.flatMap(({ before }) => before),
        after: pauses.flatMap(({ after }) => after),
        ...(pauses.every(({ at }) => at) && { at: pauses.flatMap(({ at }) => at ?? []) }),
      },
    }),
    ...(constructors && { constructors }),
    figures,
  }
}

/** Heaps are not added up: of several processes, the one that grew most tells most. */
const mostGrown = (a: Constructors, b: Constructors): number => growth(b) - growth(a)

const growth = ({ self: [before, after] }: Constructors): number =>
  after.reduce((sum, bytes, at) => sum + bytes - before[at]!, 0)
