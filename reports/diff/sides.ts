/** What is known of the two sides, in words: the same on the terminal and on the page. */
import type { ProfileDiff, ProfileSide } from '../../harness/model/diff.ts'
import { counted, duration } from '../../harness/words/numbers.ts'
import { clip, visible } from '../../harness/words/text.ts'

/** `before: old.cpuprofile`, and what it is: format, duration, samples. */
export function sideFacts(side: ProfileSide): string {
  const { formats, profiles, samples, requests } = side
  return [
    ...(profiles > 1 ? [counted(profiles, 'profile')] : []),
    formats.join(', '),
    side.duration > 0 ? duration(side.duration) : 'duration unknown',
    counted(samples, 'sample'),
    ...(requests === null ? [] : [counted(requests, 'request')]),
  ].join(', ')
}

/** The end of a path says more than its beginning. */
export const sideName = ({ label }: ProfileSide, width: number): string => clip(visible(label), width)

/** What is compared: `cpu`, `inuse_space`. */
export const valueName = ({ value }: ProfileDiff): string =>
  clip(visible(value.type || value.unit || 'value'), 40)
