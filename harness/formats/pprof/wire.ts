/** Checks the outermost protocol buffer message before it is decoded, so that damage gets a clear message. */
import { ProfileError } from '../../profile/index.ts'

const VARINT = 0
const LENGTH_DELIMITED = 2
/** Field numbers of `Profile` in profile.proto. */
const LAST_FIELD = 15

/** @throws ProfileError for a field that pprof does not have, a wire type that it does not use, or a length beyond the end */
export function checkMessage(bytes: Uint8Array): void {
  let at = 0
  while (at < bytes.length) {
    const field = bytes[at]! >> 3
    const wire = bytes[at]! & 7
    if (field < 1 || field > LAST_FIELD || (wire !== VARINT && wire !== LENGTH_DELIMITED))
      throw new ProfileError(
        `pprof: byte ${at} does not start a known field. This is not pprof, or it is damaged.`,
      )
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
