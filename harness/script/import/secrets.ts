/** Replaces the secrets of requests by placeholders, whose values come from the environment of a run. */
import { isSecretName, SECRET_TEXTS } from '../../words/redaction.ts'
import { verbatim } from '../template.ts'
import { holdsStandIn, standInsIn } from './stand-in.ts'

/** Names that are secret in a recording, in addition to those that are secret everywhere. */
const ALWAYS =
  /^(?:_?csrf|x[-_]?csrf|_?xsrf|jwt|bearer|pwd|pass|passcode|pin|otp|sid|s?sess(?:ion)?[-_.]?(?:id|key)|phpsessid|jsessionid|asp\.net_sessionid|connect\.sid|x-auth-.*|x-session-.*)$/i
/** Names that can hold anything. Only a value that looks random counts as a secret. */
const PERHAPS = /^(?:key|sig|auth|session|code)$/i
const isRandom = (value: string) => value.length >= 12 && /\d/.test(value) && !/^\d+$/.test(value)

/** Fewest characters of a value that is searched for elsewhere. Shorter ones occur by chance. */
const TELLING = 8

const isSecret = (name: string, value: string): boolean =>
  !/^(|true|false|null|undefined)$/.test(value) &&
  !holdsStandIn(value) &&
  (isSecretName(name) || ALWAYS.test(name) || (PERHAPS.test(name) && isRandom(value)))

const AS_IT_IS = (text: string): string => text

interface Found {
  start: number
  end: number
  name: string
  /** Absent for a captured value. */
  variable?: string
}

export class Secrets {
  /** Names by value. The value is secret wherever it occurs. */
  readonly #known = new Map<string, string>()
  /** Variables by the names of the placeholders used so far. */
  readonly #used = new Map<string, string>()
  readonly #captured: ReadonlySet<string>

  /** @param captured names that mean captured values */
  constructor(captured: Iterable<string> = []) {
    this.#captured = new Set(captured)
  }

  /** The placeholders used so far, each with the environment variable that holds its value. */
  get variables(): [name: string, variable: string][] {
    return [...this.#used]
  }

  /** Must be called with every name and value before the first text is made. */
  note(name: string, value: string): void {
    if (isSecret(name, value)) this.#remember(name, value)
  }

  /** Most values of cookies are not secrets, so only those that look random are remembered. */
  noteCookies(header: string): void {
    for (const [, name = '', value = ''] of header.matchAll(/([^;=\s]+)=([^;]*)/g))
      if (isRandom(value) && !holdsStandIn(value)) this.#remember(name, value)
  }

  #remember(name: string, value: string): void {
    if (value.length >= TELLING && !/^\d+$/.test(value)) this.#known.set(value, label(name))
  }

  /** A value as a template. */
  value(name: string, value: string, around = AS_IT_IS): string {
    return isSecret(name, value) ? this.#placeholder(label(name)) : this.text(value, around)
  }

  /** A text that can contain secrets anywhere, as a template. `around` encodes the rest of it. */
  text(text: string, around = AS_IT_IS): string {
    let made = ''
    let written = 0
    for (const { start, end, name, variable } of this.#findIn(text)) {
      if (start < written) continue
      // An unescaped backslash would make the placeholder plain text.
      made += verbatim(around(text.slice(written, start))).replace(/\\+$/, slashes => slashes + slashes)
      made += variable === undefined ? `{{${name}}}` : this.#placeholder(name, variable)
      written = end
    }
    return made + verbatim(around(text.slice(written)))
  }

  #placeholder(name: string, variable = variableOf(name)): string {
    let free = name
    while (this.#captured.has(free) || (this.#used.get(free) ?? variable) !== variable) free += '_'
    this.#used.set(free, variable)
    return `{{${free}}}`
  }

  #findIn(text: string): Found[] {
    const given = standInsIn(text).map(({ from, name, ...at }): Found => {
      return from === 'captured' ? { ...at, name } : { ...at, name: label(name), variable: name }
    })
    const known: Found[] = []
    for (const [value, name] of this.#known)
      for (const written of new Set([value, encodeURIComponent(value.toWellFormed())]))
        for (let start = text.indexOf(written), end = 0; start >= 0; start = text.indexOf(written, end)) {
          end = start + written.length
          known.push({ start, end, name, variable: variableOf(name) })
        }
    const texts = SECRET_TEXTS.flatMap(pattern => [...text.matchAll(pattern)]).map(
      ({ 0: whole, index: start }): Found => ({
        start,
        end: start + whole.length,
        name: 'secret',
        variable: variableOf('secret'),
      }),
    )
    // `Bearer {{token}}` looks like a secret, too.
    const others = [...known, ...texts].filter(({ start, end }) =>
      given.every(it => it.end <= start || it.start >= end),
    )
    return [...given, ...others].toSorted((a, b) => a.start - b.start || b.end - a.end)
  }
}

/** A name for a placeholder. */
const label = (name: string): string => name.toLowerCase().replaceAll(/[^\w.-]+/g, '_')

/** The environment variable that holds a secret. Redaction recognises its name. */
export const variableOf = (name: string): string => `SECRET_${name.toUpperCase().replaceAll(/\W/g, '_')}`
