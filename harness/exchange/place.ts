/** Where profiles are kept elsewhere, as it is written on the command line. */
import { UsageError } from '../model/errors.ts'

/** A kind of store, its address, and the labels of the profiles to read. */
export interface StorePlace {
  kind: 'pyroscope' | 'parca'
  /** Without a slash at the end. */
  address: string
  /** In braces: `{service_name="shop",version="1.4"}`. */
  selector: string
}

const EXAMPLE = 'pyroscope:http://127.0.0.1:4040/{service_name="shop",version="1.4"}'

/**
 * Reads `pyroscope:ADDRESS{SELECTOR}` and `parca:ADDRESS{SELECTOR}`; `undefined` for anything else, which is a path.
 *
 * @param selects whether a selector is needed; without one, it is `{}`
 * @throws UsageError when the address or the selector is missing or wrong
 */
export function storePlace(text: string, { selects = true } = {}): StorePlace | undefined {
  const [, kind, rest] = /^(pyroscope|parca):(.*)$/s.exec(text) ?? []
  if (kind === undefined || rest === undefined) return undefined
  const [, address = '', given] = /^([^{]*)(\{.*\})?$/s.exec(rest.trim()) ?? []
  const selector = given ?? (selects ? undefined : '{}')
  if (selector === undefined || labelsOf(selector) === undefined)
    throw wrong(text, 'A store needs a selector of labels in braces.')
  const url = URL.parse(address)
  if (url === null || !['http:', 'https:'].includes(url.protocol))
    throw wrong(text, 'A store needs an address that begins with http:// or https://.')
  if (url.username !== '' || url.password !== '')
    throw new UsageError('A password does not belong on a command line, which everybody can read.', {
      place: `${kind}:${url.host}`,
      advice: 'Set FLAMEGATE_STORE_USER and FLAMEGATE_STORE_PASSWORD, or FLAMEGATE_STORE_TOKEN.',
    })
  return {
    kind: kind === 'parca' ? 'parca' : 'pyroscope',
    address: (url.origin + url.pathname).replace(/\/+$/, ''),
    selector,
  }
}

const wrong = (place: string, message: string) =>
  new UsageError(message, { place, advice: `Write it like ${EXAMPLE}.` })

const LABEL = /^\s*([A-Za-z_][\w.]*)\s*(=~|!~|!=|=)\s*"((?:[^"\\]|\\.)*)"\s*(?:,|$)/

/** The labels that a selector asks for by equality; `undefined` where it cannot be read. */
export function labelsOf(selector: string): Map<string, string> | undefined {
  const labels = new Map<string, string>()
  let rest = selector.slice(1, -1)
  while (rest.trim() !== '') {
    const [all, name, operator, value] = LABEL.exec(rest) ?? []
    if (all === undefined) return undefined
    if (operator === '=') labels.set(name!, value!.replaceAll(/\\(.)/g, '$1'))
    rest = rest.slice(all.length)
  }
  return labels
}

/** The selector with one more label. */
export function withLabel(selector: string, name: string, value: string): string {
  const inside = selector.slice(1, -1).trim().replace(/,$/, '')
  const quoted = value.replaceAll(/["\\]/g, '\\$&')
  return `{${inside === '' ? '' : `${inside},`}${name}="${quoted}"}`
}
