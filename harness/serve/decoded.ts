/** Profiles of the windows that came or were looked at last. Decoding takes a good part of the time of a page. */
import { decodePprof } from '../formats/index.ts'
import type { Profile } from '../model/profile.ts'
import { sum } from '../stats/describe.ts'
import { LIMITS } from './limits.ts'
import type { WindowStore } from './store.ts'

/** @throws ProfileError */
export const decode = (content: Uint8Array): Profile => decodePprof(content, LIMITS.body, LIMITS.parts)

export class Decoded {
  readonly #store: WindowStore
  /** The one that was used last is at the end. */
  readonly #profiles = new Map<number, { profile: Profile; bytes: number }>()
  #bytes = 0

  constructor(store: WindowStore) {
    this.#store = store
  }

  /** @param id of a window @returns `undefined` where it has gone */
  profile(id: number): Profile | undefined {
    const known = this.#profiles.get(id)?.profile
    const content = known ? undefined : this.#store.content(id)
    const profile = known ?? (content && decode(content))
    if (profile) this.keep(id, profile)
    return profile
  }

  keep(id: number, profile: Profile): void {
    this.#drop(id)
    const bytes = sizeOf(profile)
    this.#profiles.set(id, { profile, bytes })
    this.#bytes += bytes
    for (const oldest of this.#profiles.keys()) {
      if (this.#bytes <= LIMITS.decoded) break
      this.#drop(oldest)
    }
  }

  #drop(id: number): void {
    this.#bytes -= this.#profiles.get(id)?.bytes ?? 0
    this.#profiles.delete(id)
  }
}

/** Bytes of a string besides its characters, and of an object of labels. */
const [PER_STRING, PER_LABELS] = [40, 200]

/** About as many bytes as the profile takes. */
function sizeOf({ strings, functions, locations, stacks, samples }: Profile): number {
  const columns = [
    ...[...Object.values(functions), ...Object.values(locations), ...Object.values(stacks)],
    ...[samples.stack, ...samples.values],
  ]
  return (
    sum(columns.map(({ byteLength }) => byteLength)) +
    sum(strings.map(({ length }) => length + PER_STRING)) +
    samples.labels.size * PER_LABELS
  )
}
