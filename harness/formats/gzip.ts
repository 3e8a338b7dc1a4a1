import { gunzipSync } from 'node:zlib'
import { ProfileError } from '../profile/error.ts'

/** How large a profile may be, in bytes after decompression. */
export interface Limits {
  maxBytes: number
}

export const DEFAULT_LIMITS: Limits = { maxBytes: 256 * 1024 * 1024 }

/** Decompresses what is gzip by its content, and returns anything else as it is. */
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
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(maxBytes)
    const cut = code === 'Z_BUF_ERROR'
    throw new ProfileError(
      cut ? 'The gzip data is truncated: the file is incomplete.' : 'The gzip data is damaged.',
      { cause: error },
    )
  }
  if (content.length === 0) throw new ProfileError('The profile is empty (gzip of 0 bytes).')
  return content
}

function tooLarge(maxBytes: number): ProfileError {
  const limit = `${Math.round(maxBytes / 1024 / 1024)} MiB`
  return new ProfileError(
    `The profile is larger than ${limit}; raise the limit (--max-profile, in MiB) to read it.`,
  )
}
