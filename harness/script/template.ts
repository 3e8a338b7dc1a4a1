/** Texts with placeholders: parsed once, filled in for each request. */
import type { Row, Scalar } from '../model/script.ts'

const PLACEHOLDER = /\{\{\s*([\w.-]+)\s*\}\}/g
/** A part of a path as routers write it: `/orders/:id`. */
const PART = /(?<=\/):([A-Za-z_]\w*)/g

export type Encode = (value: Scalar) => string

export const asText: Encode = String
export const asUri: Encode = value => encodeURIComponent(String(value))
/** Inside a JSON string: escaped, without the quotes. */
export const insideJson: Encode = value => JSON.stringify(String(value)).slice(1, -1)

export interface Template {
  names: string[]
  fill(values: Row): string
}

/**
 * A value that is not there leaves its place empty.
 *
 * @param around what is done to the text around the placeholders; by default it is kept as it is
 */
export function template(text: string, encode: Encode = asText, around: Encode = asText): Template {
  const pieces = text.split(PLACEHOLDER).map((piece, i) => (i % 2 === 1 ? piece : around(piece)))
  const names = pieces.filter((_, i) => i % 2 === 1)
  if (names.length === 0) return { names, fill: () => pieces[0]! }
  return {
    names,
    fill: values => pieces.map((piece, i) => (i % 2 === 1 ? encode(values[piece] ?? '') : piece)).join(''),
  }
}

/** A value of a query or a form: all of it is encoded. */
export const uriTemplate = (text: string): Template => template(text, asUri, asUri)

/** A path is written as it is sent, but for letters that no URL has. */
export const pathTemplate = (path: string): Template =>
  template(path.replaceAll(PART, '{{$1}}'), asUri, text =>
    String(text).replaceAll(/[^!-~]+/g, encodeURIComponent),
  )

/** JSON with placeholders; a string that is nothing but one becomes the value itself. */
export function jsonTemplate(value: unknown): Template {
  const text = JSON.stringify(value) ?? 'null'
  const whole = text.replaceAll(/"\{\{\s*([\w.-]+)\s*\}\}"/g, '\u0000$1\u0000')
  const pieces = whole.split('\u0000').map((piece, i) => (i % 2 === 1 ? piece : template(piece, insideJson)))
  const names = pieces.flatMap(piece => (typeof piece === 'string' ? [piece] : piece.names))
  return {
    names,
    fill: values =>
      pieces
        .map(piece => (typeof piece === 'string' ? JSON.stringify(values[piece] ?? '') : piece.fill(values)))
        .join(''),
  }
}

/** Several templates as one: filled one by one and put together. */
export function joined<T>(
  parts: Template[],
  join: (texts: string[]) => T,
): { names: string[]; fill(values: Row): T } {
  return {
    names: parts.flatMap(({ names }) => names),
    fill: values => join(parts.map(part => part.fill(values))),
  }
}
