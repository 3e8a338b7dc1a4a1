/** The requests of a script, as a scenario file writes them. */
import type { Body, FilePart, Row, Scalar, Step, StepOptions } from '../model/script.ts'

/** A request with any method. */
export const request = (method: string, path: string, body?: Body, options: StepOptions = {}): Step => ({
  name: `${method} ${path}`,
  method,
  path,
  ...(body && { body }),
  ...options,
})

export const get = (path: string, options?: StepOptions): Step => request('GET', path, undefined, options)
export const del = (path: string, options?: StepOptions): Step => request('DELETE', path, undefined, options)
export const post = (path: string, body?: Body, options?: StepOptions): Step =>
  request('POST', path, body, options)
export const put = (path: string, body?: Body, options?: StepOptions): Step =>
  request('PUT', path, body, options)
export const patch = (path: string, body?: Body, options?: StepOptions): Step =>
  request('PATCH', path, body, options)

/** A value as JSON. A text that is only a placeholder becomes the value itself, so a number stays a number. */
export const json = (value: unknown): Body => ({ kind: 'json', value })
/** Fields as a form sends them: `application/x-www-form-urlencoded`. */
export const form = (fields: Row): Body => ({ kind: 'form', fields })
/** Fields and files as `multipart/form-data`. */
export const multipart = (parts: Record<string, Scalar | FilePart>): Body => ({ kind: 'multipart', parts })
/** Text or bytes with any media type. */
export const raw = (content: string | Uint8Array, type: string): Body =>
  typeof content === 'string'
    ? { kind: 'raw', text: content, type }
    : { kind: 'bytes', base64: Buffer.from(content).toString('base64'), type }
/** A file's content, as it is. */
export const file = (path: string, type = 'application/octet-stream'): FilePart => ({
  kind: 'file',
  path,
  type,
})
