/** Profiles of the windows that came or were looked at last. Decoding takes most of the time of a page. */
import { decodePprof } from '../formats/index.ts'
import type { Profile } from '../model/profile.ts'
import { MOST } from './body.ts'
import type { WindowStore } from './store.ts'

/** Two sides of a difference, and as many again. Each takes about half a megabyte for a window of 150 KiB. */
const KEPT = 240

export class Decoded {
  readonly #store: WindowStore
  /** The one that was used last is at the end. */
  readonly #profiles = new Map<number, Profile>()

  constructor(store: WindowStore) {
    this.#store = store
  }

  /** @param id of a window @returns `undefined` where it has gone */
  profile(id: number): Profile | undefined {
    const content = this.#profiles.has(id) ? undefined : this.#store.content(id)
    const profile = this.#profiles.get(id) ?? (content && decodePprof(content, MOST.unpacked))
    if (profile) this.keep(id, profile)
    return profile
  }

  keep(id: number, profile: Profile): void {
    this.#profiles.delete(id)
    this.#profiles.set(id, profile)
    const [oldest] = this.#profiles.keys()
    if (this.#profiles.size > KEPT && oldest !== undefined) this.#profiles.delete(oldest)
  }
}
