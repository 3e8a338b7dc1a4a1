/** Whether a file is text, and in which encoding: PowerShell redirects output as UTF-16. */
import { ProfileError } from './error.ts'

/** Bytes that tell. */
const LOOKED_AT = 512

/** @returns the text, or `null` for a binary file */
export function textIn(content: Uint8Array): string | null {
  const encoding = encodingOf(content)
  if (encoding === null) return null
  try {
    return new TextDecoder(encoding).decode(content)
  } catch (error) {
    throw new ProfileError('The profile is too large to be read as text (more than 512 MiB).', {
      cause: error,
    })
  }
}

function encodingOf(content: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' | null {
  const start = content.subarray(0, LOOKED_AT)
  if (start[0] === 0xff && start[1] === 0xfe) return 'utf-16le'
  if (start[0] === 0xfe && start[1] === 0xff) return 'utf-16be'
  // Protocol buffers start with a tag and a length, which are control characters; text has none.
  return start.some(byte => byte < 32 && byte !== 9 && byte !== 10 && byte !== 13) ? null : 'utf-8'
}
