/** Corrections of common mistakes, by the place and the value. */
import { parseDuration } from './quantity.ts'

/** The correction, or nothing when the mistake is another one. */
type Cure = (value: unknown, expected: string) => string | undefined

/** Tried in this order, by the path of the value, with dots. */
const HINTS: [at: RegExp, Cure][] = [
  [/(^|\.)(command|prepare|build|seed|reset)$/, ifText(text => `write [${words(text)}]`)],
  [/(^|\.)steps\.\d+$/, ifText(text => `write get(${written(text)})`)],
  [/expect\.body$/, value => (value instanceof RegExp ? `write body => ${value}.test(body)` : undefined)],
  [/^load$/, ifList('write { steps: [ … ] }')],
  [/^variants$/, ifList('write { plain: {}, cached: { … } }')],
  [/^gates$/, ifList("write { 'cpu.perRequest': '+2%' }")],
  [/^gates$/, ifText(() => "write { 'cpu.perRequest': '+2%' }")],
  [/directory$/, value => (/^file:/.test(String(value)) ? 'use `import.meta.dirname`' : undefined)],
  [/./, inMilliseconds],
  [/./, otherKind],
]

/** How to correct the value; nothing when only its author can know. */
export function hintFor(path: string[], value: unknown, expected: string): string | undefined {
  for (const [at, cure] of HINTS) {
    const hint = at.test(path.join('.')) ? cure(value, expected) : undefined
    if (hint !== undefined) return hint
  }
  if (value instanceof Promise) return 'await it'
  return typeof value === 'function' && !expected.includes('function') ? 'call it' : undefined
}

function ifText(cure: (text: string) => string): Cure {
  return value => (typeof value === 'string' && value.trim() !== '' ? cure(value) : undefined)
}

function ifList(cure: string): Cure {
  return value => (Array.isArray(value) ? cure : undefined)
}

const written = (text: string) => `'${text.replaceAll("'", "\\'")}'`

const words = (text: string) => text.trim().split(/\s+/).map(written).join(', ')

function inMilliseconds(value: unknown, expected: string): string | undefined {
  if (typeof value !== 'string' || !/[a-z]\s*$/.test(value) || !expected.includes('milliseconds'))
    return undefined
  const time = parseDuration(value)
  return time === undefined ? undefined : `write ${time}`
}

/** The right value in the wrong form. */
function otherKind(value: unknown, expected: string): string | undefined {
  if (typeof value === 'number' || typeof value === 'boolean')
    return /^text\b(?!.* or )/.test(expected) ? 'write it in quotes' : undefined
  if (typeof value !== 'string') return undefined
  const isFigure = value.trim() !== '' && Number.isFinite(Number(value))
  const isSwitch = value === 'true' || value === 'false'
  if ((isFigure && /number/.test(expected)) || (isSwitch && /true or false/.test(expected)))
    return 'write it without quotes'
  return /^a list/.test(expected) ? 'put it in brackets' : undefined
}
