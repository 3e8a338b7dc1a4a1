/** Profiles as pages read them: packed beside their files, because reading pprof takes many times as long. */
import { deserialize, serialize } from 'node:v8'
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { decodePprof } from '../formats/index.ts'
import type { Profile } from '../model/profile.ts'
import { LIMITS } from './limits.ts'
import type { WindowStore } from './store.ts'

/** Raised with every change of `Profile`: what was packed before is then decoded from its file again. */
const VERSION = 1

const QUICKLY = { params: { [constants.ZSTD_c_compressionLevel]: 1 } }

/** @throws ProfileError */
export const decode = (content: Uint8Array): Profile => decodePprof(content, LIMITS.body, LIMITS.parts)

export const pack = (profile: Profile): Uint8Array =>
  zstdCompressSync(serialize({ version: VERSION, profile }), QUICKLY)

/** @param id of a window @returns `undefined` where it has gone @throws ProfileError */
export function profileOf(store: WindowStore, id: number): Profile | undefined {
  const packed = store.packed(id)
  const known = packed && unpacked(packed)
  if (known) return known
  const content = store.content(id)
  return content && decode(content)
}

function unpacked(packed: Uint8Array): Profile | undefined {
  try {
    const { version, profile } = deserialize(zstdDecompressSync(packed)) as {
      version: number
      profile: Profile
    }
    return version === VERSION ? profile : undefined
  } catch {
    // A newer version of Node has written it.
    return undefined
  }
}
