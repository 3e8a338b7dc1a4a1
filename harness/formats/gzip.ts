import { gunzipSync } from 'node:zlib'
import { ProfileError } from '../profile/index.ts'

/** How large a profile may be, in bytes after decompression. */
export interface Limits {
  maxBytes: number
}

export const DEFAULT_LIMITS: Limits = { maxBytes: 256 * 1024 * 1024 }

/** Decompresses content that begins as gzip does; returns anything else as it is. */
export function gunzipIfNeeded(bytes: Uint8Array, { maxBytes }: Limits = DEFAULT_LIMITS): Uint8Array {
  if (bytes.length === 0) throw new ProfileError('The profile is empty (0 bytes).')
  const gzipped = bytes[0] === 0x1f && bytes[1] === 0x8b
  if (!gzipped && bytes.length > maxBytes) throw tooLarge(maxBytes)
  return gzipped ? gunzip(bytes, maxBytes) : bytes
}

function gunzip(bytes: Uint8Array, maxBytes: number): Uint8Array {
  let content: Uint8Array
  try {
    content = gunzipSync(bytes, { maxOutputLength: maxBytes })
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(maxBytes)
    const what =
      code === 'Z_BUF_ERROR'
        ? 'The gzip data is truncated: the file is incomplete.'
        : 'The gzip data is damaged.'
    throw new ProfileError(what, { cause, advice: 'Record or download the profile again.' })
  }
  if (content.length === 0) throw new ProfileError('The profile is empty (gzip of 0 bytes).')
  return content
}

const tooLarge = (maxBytes: number): ProfileError =>
  new ProfileError(
    `The profile is larger than ${Math.round(maxBytes / 1024 / 1024)} MiB; raise the limit (--max-profile, in MiB) to read it.`,
  )
