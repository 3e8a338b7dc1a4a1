/** What requests of a service with the probe have waited for (docs/production.md): JSON with the requests that were followed. */
import type { Profile } from '../model/profile.ts'
import { ProfileError, windowComment } from '../profile/index.ts'
import { isFollowedRequests } from '../waits/followed.ts'
import { waitProfile } from '../waits/profile.ts'
import { timesOf } from '../waits/times.ts'
import { isObject, type Json } from './json.ts'

/** Nobody has measured in production when requests were sent. */
const UNKNOWN = { from: [], to: [] }

export const isWaits = ({ window, requests, causes }: Json): boolean =>
  isObject(window) && Array.isArray(requests) && Array.isArray(causes)

/** @throws ProfileError when it is damaged */
export function readWaits({ window, ...seen }: Json): Profile {
  if (!isObject(window) || !isFollowedRequests(seen))
    throw new ProfileError('The requests that the probe followed are damaged.')
  const duration = Number.isFinite(window.duration) ? Number(window.duration) : 0
  const about = { duration, comments: [windowComment(window)] }
  return waitProfile(timesOf(seen, UNKNOWN), seen, undefined, about)
}
