/** Corrections of common mistakes, by the place and the value. */
import { parseDuration } from './quantity.ts'

interface Hint {
  /** Path of the value, with dots. */
  at: RegExp
  /** The correction, or nothing when the mistake is another one. */
  cure(value: unknown, expected: string): string | undefined
}

const written = (text: string) => `'${text.replaceAll("'", "\\'")}'`

const HINTS: Hint[] = [
  { at: /(^|\.)command$/, cure: value => ifText(value, text => `write [${words(text)}]`) },
  { at: /(^|\.)prepare$|(^|\.)build$/, cure: value => ifText(value, text => `write [${words(text)}]`) },
  { at: /(^|\.)steps\.\d+$/, cure: value => ifText(value, text => `write get(${written(text)})`) },
  {
    at: /expect\.body$/,
    cure: value => (value instanceof RegExp ? `write body => ${value}.test(body)` : undefined),
  },
  { at: /^load$/, cure: value => (Array.isArray(value) ? 'write { steps: [ … ] }' : undefined) },
  {
    at: /^variants$/,
    cure: value => (Array.isArray(value) ? 'write { plain: {}, cached: { … } }' : undefined),
  },
  {
    at: /^gates$/,
    cure: value =>
      Array.isArray(value) || typeof value === 'string' ? "write { 'cpu.perRequest': '+2%' }" : undefined,
  },
  {
    at: /directory$/,
    cure: value =>
      value instanceof URL || /^file:/.test(String(value)) ? 'use `import.meta.dirname`' : undefined,
  },
  { at: /./, cure: inMilliseconds },
  { at: /./, cure: otherKind },
]

/** How to correct the value; nothing when only its author can know. */
export function hintFor(path: string[], value: unknown, expected: string): string | undefined {
  const at = path.join('.')
  for (const hint of HINTS) {
    const cure = hint.at.test(at) ? hint.cure(value, expected) : undefined
    if (cure !== undefined) return cure
  }
  if (value instanceof Promise) return 'await it'
  return typeof value === 'function' && !expected.includes('function') ? 'call it' : undefined
}

const ifText = (value: unknown, cure: (text: string) => string) =>
  typeof value === 'string' && value.trim() !== '' ? cure(value) : undefined

const words = (text: string) => text.trim().split(/\s+/).map(written).join(', ')

function inMilliseconds(value: unknown, expected: string): string | undefined {
  if (typeof value !== 'string' || !/[a-z]\s*$/.test(value) || !expected.includes('milliseconds'))
    return undefined
  const time = parseDuration(value)
  return time === undefined ? undefined : `write ${time}`
}

/** The right value in the wrong form. */
function otherKind(value: unknown, expected: string): string | undefined {
  const isFigure = typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value))
  if (isFigure && /number/.test(expected)) return 'write it without quotes'
  if (['number', 'boolean'].includes(typeof value) && /^text\b(?!.* or )/.test(expected))
    return 'write it in quotes'
  if (
    ['true', 'false'].includes(String(value)) &&
    typeof value === 'string' &&
    /true or false/.test(expected)
  )
    return 'write it without quotes'
  return typeof value === 'string' && /^a list/.test(expected) ? 'put it in brackets' : undefined
}
