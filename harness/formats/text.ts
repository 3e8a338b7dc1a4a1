import { ProfileError } from '../profile/index.ts'

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
