/** Looks over the outermost protocol buffer message before it is decoded, so that damage has a name. */
import { ProfileError } from '../../profile/error.ts'

const VARINT = 0
const LENGTH_DELIMITED = 2
/** Field numbers of `Profile` in profile.proto. */
const LAST_FIELD = 15

/**
 * Throws where the bytes are no pprof message: a field that does not exist, a wire type that pprof does not
 * use, a length beyond the end.
 */
export function checkMessage(bytes: Uint8Array): void {
  const legacy = legacyFormat(bytes)
  if (legacy) throw new ProfileError(legacy)
  let at = 0
  while (at < bytes.length) {
    const field = bytes[at]! >> 3
    const wire = bytes[at]! & 7
    if (field < 1 || field > LAST_FIELD || (wire !== VARINT && wire !== LENGTH_DELIMITED))
      throw new ProfileError(`pprof: byte ${at} starts no known field; this is not pprof, or it is damaged.`)
    const number = varint(bytes, at + 1)
    at = wire === VARINT ? number.end : number.end + number.value
    if (at > bytes.length) throw new ProfileError(`pprof: the message is truncated in field ${field}.`)
  }
}

function varint(bytes: Uint8Array, from: number): { value: number; end: number } {
  let value = 0
  for (let at = from; at < bytes.length && at < from + 10; at++) {
    value += (bytes[at]! & 127) * 2 ** (7 * (at - from))
    if (bytes[at]! < 128) return { value, end: at + 1 }
  }
  if (from + 10 <= bytes.length) throw new ProfileError(`pprof: a number at byte ${from} has no end.`)
  return { value, end: bytes.length + 1 }
}

/** What Go and gperftools wrote before pprof was a protocol buffer. */
export function legacyFormat(bytes: Uint8Array): string | null {
  const start = new TextDecoder().decode(bytes.subarray(0, 80))
  const text =
    /^(heap profile|goroutine profile|threadcreate profile|heapz|growthz|--- \w+):?|^MemProfile/.exec(start)
  if (text)
    return `This is Go's legacy text format ("${text[0]}"), which holds no symbols to compare; fetch the profile without "debug=1".`
  const words = bytes.length >= 40 && new DataView(bytes.buffer, bytes.byteOffset, 40)
  if (words && words.getUint32(0, true) === 0 && words.getUint32(8, true) === 3)
    return 'This is the legacy binary CPU format of gperftools; convert it with "pprof -proto".'
  return null
}
