/** Keeps secrets out of records, reports and messages by replacing their values wherever they appear. */
import { MeasureError } from '../model/errors.ts'
import type { Plan } from '../model/plan.ts'
import type { World } from '../model/world.ts'

export const REDACTED = '[redacted]'

/** Variables, headers and fields with such names hold secrets. */
const WORDS =
  'pass(?:word|wd|phrase)|secret|token|credential|authorization|cookie|signature|(?:api|access|private|signing|encryption)[-_]?key|dsn|connection[-_]?string'
const NAME = new RegExp(`(?:${WORDS})`, 'i')
/**
 * `password=…`, `"password": "…"`, `password = '…'`, also when the end is cut off. After a colon or a space only a quoted
 * value counts, because messages say `unexpected token: x`.
 */
const ASSIGNED = new RegExp(
  `(?<![\\w-])([\\w-]{0,64}?(?:${WORDS})[\\w-]{0,64}(?:=|["']?\\s*[=:]\\s*(?=["'\`])))("(?:[^"\\\\]|\\\\.)*(?:"|$)|'[^']*(?:'|$)|\`[^\`]*(?:\`|$)|[^\\s&,;"']+)`,
  'gi',
)

/** Whether something with this name is likely to be secret. */
export const isSecretName = (name: string): boolean => NAME.test(name)

/** Texts that are secret whatever their name. */
export const SECRET_TEXTS: readonly RegExp[] = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  /\b(?:Bearer|Basic)\s+[\w.~+/-]{8,}=*/gi,
  /\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*/g,
  /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g,
  /\b(?:gh[pousr]|github_pat|glpat|npm|xox[abeprs]|sk|rk|pk)[-_][\w-]{16,}/g,
  /\bAIza[\w-]{35}/g,
  // User and password in a URL.
  /(?<=\w:\/\/)[^\s/:@]{0,256}:[^\s/@]{1,256}(?=@)/g,
]

/** Shorter values and small numbers also appear in many places that have nothing to do with them. */
const SHORTEST = 6
const isTelling = (value: string) => value.length >= SHORTEST && !/^\d{1,8}$/.test(value)

/** The lines of a text without secrets. Each stays at its number, also where a secret has several lines. */
export function redactedLines(lines: string[], redact: Redact): string[] {
  const clean = redact(lines.join('\n')).split('\n')
  if (clean.length === lines.length) return clean
  let [head, tail] = [0, 0]
  while (clean[head] === lines[head]) head++
  while (tail < clean.length - head && clean.at(-1 - tail) === lines.at(-1 - tail)) tail++
  return lines.map((line, at) => (at < head || at >= lines.length - tail ? line : REDACTED))
}

type Environment = Record<string, string | undefined>

/** Returns a copy of a value without secrets. */
export type Redact = <T>(value: T) => T

/** @param names further secret names, with `*` for any text; the values of all such variables are replaced everywhere */
export function redactor(environments: Environment[], names: string[] = []): Redact {
  const extra = names.map(name => new RegExp(`^${name.split('*').map(escaped).join('.*')}$`, 'i'))
  const isSecret = (name: string) => NAME.test(name) || extra.some(pattern => pattern.test(name))
  const values = environments
    .flatMap(environment => Object.entries(environment))
    .flatMap(([name, value]) => (value !== undefined && isSecret(name) && isTelling(value) ? [value] : []))
    .toSorted((a, b) => b.length - a.length)

  const ofText = (text: string): string => {
    let clean = text
    for (const value of values) clean = withoutBeginning(clean.replaceAll(value, REDACTED), value)
    for (const pattern of SECRET_TEXTS) clean = clean.replace(pattern, REDACTED)
    return clean.replace(ASSIGNED, (_, name: string, value: string) => {
      const quote = /^["'`]/.test(value) ? value[0] : ''
      return `${name}${quote}${REDACTED}${quote}`
    })
  }
  const ofValue = (value: unknown): unknown => {
    if (typeof value === 'string') return ofText(value)
    if (Array.isArray(value)) return value.map((item, i) => (isFlag(value[i - 1]) ? REDACTED : ofValue(item)))
    if (value instanceof Error) return ofError(value, ofText)
    if (value === null || typeof value !== 'object') return value
    return Object.fromEntries(
      Object.entries(value).map(([name, part]) => [
        name,
        typeof part === 'string' && isSecret(name) ? REDACTED : ofValue(part),
      ]),
    )
  }
  /** `--password` before its value. */
  const isFlag = (word: unknown) => typeof word === 'string' && /^--?[\w-]+$/.test(word) && isSecret(word)
  return <T>(value: T) => ofValue(value) as T
}

/** For everything said about a run: the harness's environment and the variants' can hold secrets. */
export const redactorFor = (
  { variants, needs = [], redact }: Pick<Plan, 'variants' | 'needs' | 'redact'>,
  { environment }: Pick<World, 'environment'>,
): Redact => redactor([environment, ...[...variants, ...needs].map(each => each.environment)], redact)

/** Only errors meant for a reader; any other is our own bug, and its stack must stay whole. */
function ofError(error: Error, ofText: (text: string) => string): Error {
  if (!(error instanceof MeasureError)) return error
  const { message, place, advice, details, cause } = error
  return new MeasureError(ofText(message), {
    place: place === undefined ? undefined : ofText(place),
    advice: advice === undefined ? undefined : ofText(advice),
    details: details === undefined ? undefined : ofText(details),
    cause,
  })
}

/** A sample of an answer may be cut off in the middle of a secret. */
function withoutBeginning(text: string, value: string): string {
  const start = value.slice(0, SHORTEST)
  let at = text.indexOf(start, Math.max(0, text.length - value.length))
  while (at !== -1 && !value.startsWith(text.slice(at))) at = text.indexOf(start, at + 1)
  return at === -1 ? text : text.slice(0, at) + REDACTED
}

const escaped = (text: string) => text.replaceAll(/[.-]/g, '\\$&')
