/** How the owners of functions are called. */
import type { SharedOwner } from '../model/flame.ts'
import { visible } from './text.ts'

/** `debug@4.3.4`, or `jsonwebtoken 8.5.1 → 9.0.2`; only the name where a version is not known. */
export function ownerName({ owner, versions }: Pick<SharedOwner, 'owner' | 'versions'>): string {
  const { before, after } = versions ?? {}
  if (before && after && before !== after) return visible(`${owner} ${before} → ${after}`)
  // Where a side is not known, its version may be another one.
  return before === null || after === null ? visible(owner) : withVersion(owner, after ?? before)
}

/** `debug@4.3.4` */
export const withVersion = (name: string, version: string | undefined): string =>
  visible(version === undefined ? name : `${name}@${version}`)
