/** Replaces the secrets of a recording by placeholders, whose values come from the environment of a run. */
import { isSecretName, SECRET_TEXTS } from '../../words/redaction.ts'
import { verbatim } from '../template.ts'

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
  (isSecretName(name) || ALWAYS.test(name) || (PERHAPS.test(name) && isRandom(value)))

const AS_IT_IS = (text: string): string => text

export class Secrets {
  /** Names by value. The value is secret wherever it occurs. */
  readonly #known = new Map<string, string>()
  readonly #used = new Set<string>()

  /** Names of the placeholders used so far. */
  get names(): string[] {
    return [...this.#used]
  }

  /** Must be called with every name and value before the first text is made. */
  note(name: string, value: string): void {
    if (isSecret(name, value)) this.#remember(name, value)
  }

  /** Most values of cookies are not secrets, so only those that look random are remembered. */
  noteCookies(header: string): void {
    for (const [, name = '', value = ''] of header.matchAll(/([^;=\s]+)=([^;]*)/g))
      if (isRandom(value)) this.#remember(name, value)
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
    let end = 0
    for (const { from, to, name } of this.#findIn(text)) {
      if (from < end) continue
      // An unescaped backslash would make the placeholder plain text.
      made += verbatim(around(text.slice(end, from))).replace(/\\+$/, slashes => slashes + slashes)
      made += this.#placeholder(name)
      end = to
    }
    return made + verbatim(around(text.slice(end)))
  }

  #placeholder(name: string): string {
    this.#used.add(name)
    return `{{${name}}}`
  }

  #findIn(text: string): { from: number; to: number; name: string }[] {
    const known: { from: number; to: number; name: string }[] = []
    for (const [value, name] of this.#known)
      for (const written of new Set([value, encodeURIComponent(value.toWellFormed())]))
        for (let from = text.indexOf(written), to = 0; from >= 0; from = text.indexOf(written, to)) {
          to = from + written.length
          known.push({ from, to, name })
        }
    const patterns = SECRET_TEXTS.flatMap(pattern => [...text.matchAll(pattern)])
    const texts = patterns.map(({ 0: whole, index: from }) => ({
      from,
      to: from + whole.length,
      name: 'secret',
    }))
    return [...known, ...texts].toSorted((a, b) => a.from - b.from || b.to - a.to)
  }
}

/** A name for a placeholder. */
const label = (name: string): string => name.toLowerCase().replaceAll(/[^\w.-]+/g, '_')

/** The environment variable that holds a secret. Redaction recognises its name. */
export const variableOf = (name: string): string => `SECRET_${name.toUpperCase().replaceAll(/\W/g, '_')}`
