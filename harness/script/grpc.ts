/** Unary gRPC calls: framed messages, and a status in the trailers. https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md */
import type { Step } from '../model/script.ts'
import { type Expectation, valuesOf } from './response.ts'

export const isCall = ({ body }: Pick<Step, 'body'>): boolean => body?.kind === 'file' && body.grpc === true

/** Not compressed, then the length in four bytes, then the message. */
export function framed(message: Uint8Array): Uint8Array {
  const head = Buffer.alloc(5)
  head.writeUInt32BE(message.length, 1)
  return Buffer.concat([head, message])
}

/** Calls that fail have HTTP's status 200, too. */
export const withoutFailure: Expectation = ({ headers }) => {
  const [status] = valuesOf(headers, 'grpc-status')
  if (status === '0') return undefined
  const [message] = valuesOf(headers, 'grpc-message')
  if (status === undefined) return 'no gRPC status'
  return `gRPC status ${status}${message ? ` (${decoded(message).slice(0, SHOWN)})` : ''}`
}

/** Messages are percent-encoded. */
function decoded(message: string): string {
  try {
    return decodeURIComponent(message)
  } catch {
    return message
  }
}

/** Characters of a message that are enough to tell failures apart. */
const SHOWN = 100
