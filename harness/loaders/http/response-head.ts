/**
 * The head of a response: its status, its headers, and how its body ends. RFC 9112. Strict, because after a wrong guess of a
 * length a broken response looks intact, or the next request waits for bytes that never come.
 */

export interface Head {
  status: number
  /** Names and values in turn, as they came. */
  headers: string[]
  /** Bytes of the body, `CHUNKED` or `WITH_CONNECTION`. */
  length: number
  /** Whether version and headers say that the connection stays open. */
  persists: boolean
}

/** How a body without a length ends. */
export const CHUNKED = -1
export const WITH_CONNECTION = -2

const BEGINNING = 'HTTP/1.'
const STATUS_LINE = /^HTTP\/1\.(\d) (\d{3})(?: .*)?$/
const NAME = /^[!#$%&'*+.^_`|~\w-]+$/
const SHOWN = 60

/** @throws Error when this cannot be the beginning of a head */
export function checkBeginning(text: string): void {
  if (!BEGINNING.startsWith(text.slice(0, BEGINNING.length))) throw new Error(`it begins with ${shown(text)}`)
}

/** @param text with the empty line that ends it; @throws Error that says what is wrong with it */
export function parseHead(text: string): Head {
  const [first = '', ...lines] = text
    .split('\n')
    .slice(0, -2)
    .map(line => (line.endsWith('\r') ? line.slice(0, -1) : line))
  const [, version, code] = STATUS_LINE.exec(first) ?? []
  if (code === undefined) throw new Error(`it begins with ${shown(first)}`)
  const status = Number(code)
  const headers = parseFields(lines)
  const bodiless = status < 200 || status === 204 || status === 304
  const connection = elements(headers, 'connection')
  return {
    status,
    headers,
    length: bodiless ? 0 : lengthOf(headers),
    persists: version === '0' ? connection.includes('keep-alive') : !connection.includes('close'),
  }
}

function parseFields(lines: string[]): string[] {
  const headers: string[] = []
  for (const line of lines) {
    if (/^[ \t]/.test(line) && headers.length > 0) {
      // Old servers break long values.
      headers.push(`${headers.pop()} ${trimmed(line)}`)
      continue
    }
    const colon = line.indexOf(':')
    const name = line.slice(0, Math.max(0, colon))
    if (!NAME.test(name)) throw new Error(`it has the header line ${shown(line)}`)
    headers.push(name, trimmed(line.slice(colon + 1)))
  }
  return headers
}

function lengthOf(headers: string[]): number {
  const codings = elements(headers, 'transfer-encoding').filter(coding => coding !== 'identity')
  const [length, ...others] = elements(headers, 'content-length')
  if (codings.length > 0) {
    if (length !== undefined) throw new Error('it has content-length and transfer-encoding')
    return codings.at(-1) === 'chunked' ? CHUNKED : WITH_CONNECTION
  }
  if (length === undefined) return WITH_CONNECTION
  const bytes = /^\d+$/.test(length) ? Number(length) : Number.NaN
  if (!Number.isSafeInteger(bytes) || others.some(other => other !== length))
    throw new Error(`its content-length is ${shown([length, ...others].join(', '))}`)
  return bytes
}

/** The elements that all headers of this name list, in lower case. */
function elements(headers: string[], name: string): string[] {
  const found: string[] = []
  for (let i = 0; i < headers.length; i += 2)
    if (headers[i]!.length === name.length && headers[i]!.toLowerCase() === name)
      found.push(...headers[i + 1]!.toLowerCase().split(',').map(trimmed))
  return found
}

/** Without spaces and tabs around it. `trim` would also remove bytes that are part of a UTF-8 letter. */
function trimmed(text: string): string {
  let [from, to] = [0, text.length]
  while (from < to && isBlank(text.charCodeAt(from))) from++
  while (to > from && isBlank(text.charCodeAt(to - 1))) to--
  return text.slice(from, to)
}

const isBlank = (code: number) => code === 32 || code === 9

/** For a message: in quotes, with unprintable characters escaped. */
export const shown = (text: string): string =>
  JSON.stringify(text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text)
