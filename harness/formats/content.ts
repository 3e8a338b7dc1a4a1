/** The bytes of a profile file: decompressed, and decoded where they are text. */
import { gunzipSync } from 'node:zlib'
import { ProfileError } from '../profile/index.ts'

/** How large a profile can be after decompression, unless a caller sets another limit. */
export const MAX_BYTES = 256 * 1024 * 1024

/** Decompresses content that begins as gzip does; returns anything else as it is. */
export function gunzipIfNeeded(bytes: Uint8Array, maxBytes = MAX_BYTES): Uint8Array {
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
    const what = code === 'Z_BUF_ERROR' ? 'truncated: the file is incomplete' : 'damaged'
    throw new ProfileError(`The gzip data is ${what}.`, {
      cause,
      advice: 'Record or download the profile again.',
    })
  }
  if (content.length === 0) throw new ProfileError('The profile is empty (gzip of 0 bytes).')
  return content
}

const tooLarge = (maxBytes: number): ProfileError =>
  new ProfileError(
    `The profile is larger than ${Math.round(maxBytes / 1024 / 1024)} MiB; raise the limit (--max-profile, in MiB) to read it.`,
  )

/** Decodes text, whose encoding a byte order mark can name; `null` where the bytes are not text. */
export function decodeText(content: Uint8Array): string | null {
  const encoding = encodingOf(content)
  if (encoding === null) return null
  const text = decode(content, encoding)
  // gzip starts with 1F 8B, and 8B is not valid UTF-8.
  if (encoding !== 'utf-8' && text.startsWith('\u001f'))
    throw new ProfileError('This was a compressed profile, which a shell damaged by saving it as text.', {
      advice: 'Windows PowerShell does that with `>`: fetch it with `curl -o FILE URL` instead.',
    })
  return text
}

function encodingOf(content: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' | null {
  const [first, second, third, fourth] = content
  if (first === 0xff && second === 0xfe) return 'utf-16le'
  if (first === 0xfe && second === 0xff) return 'utf-16be'
  // Without a mark, every other byte of plain letters is zero.
  if (isLetter(first) && second === 0 && isLetter(third) && fourth === 0) return 'utf-16le'
  if (first === 0 && isLetter(second) && third === 0 && isLetter(fourth)) return 'utf-16be'
  // Protocol buffers start with a tag and a length, which are control characters; text has none.
  const controlled = content.subarray(0, 512).some(byte => byte < 32 && !WHITE_SPACE.has(byte))
  return controlled ? null : 'utf-8'
}

const WHITE_SPACE = new Set([9, 10, 12, 13])

const isLetter = (byte: number | undefined): boolean => byte !== undefined && byte >= 32 && byte < 127

function decode(content: Uint8Array, encoding: string): string {
  try {
    return new TextDecoder(encoding).decode(content)
  } catch (cause) {
    throw new ProfileError('The profile is too large to be read as text (more than 512 MiB).', { cause })
  }
}
