/** The options of a script: how many users or arrivals, and how long an answer may take. */
import type { AnyNode, ObjectExpression } from 'acorn'
import { type Notes, type Pace, shown } from '../recorded.ts'
import { isObject, listOf, objectOf } from '../source.ts'
import { nameOf } from './evaluate.ts'
import { NotLiteral } from './scope.ts'
import type { K6Script } from './script.ts'
import type { Walk } from './walk.ts'

export interface K6Options {
  pace: Pace
  /** Functions that its scenarios run. */
  runs: string[]
}

export function optionsOf(script: K6Script, walk: Walk, notes: Notes): K6Options {
  const node = declaredIn(script)
  if (!node) return { pace: {}, runs: ['default'] }
  const place = script.place(node)
  const options = node.type === 'ObjectExpression' ? knownOf(node, script, walk, notes) : walk.valueOf(node)
  if (!isObject(options) || options instanceof NotLiteral) {
    notes.say(place, '`options` are left out: they are known only while the script runs')
    return { pace: {}, runs: ['default'] }
  }
  const scenarios = Object.values(objectOf(options.scenarios)).filter(isObject)
  const all = scenarios.length > 0 ? scenarios : [options]
  const pace = paceOf(all, notes, place)
  for (const [metric, given] of Object.entries(objectOf(options.thresholds)))
    readThresholds(metric, [given].flat(), pace, notes, script.place(thresholdsIn(node) ?? node))
  const runs = [...new Set(scenarios.map(({ exec }) => (typeof exec === 'string' ? exec : 'default')))]
  return { pace, runs: runs.length > 0 ? runs : ['default'] }
}

function declaredIn({ program }: K6Script): AnyNode | undefined {
  for (const node of program.body) {
    if (node.type !== 'ExportNamedDeclaration' || node.declaration?.type !== 'VariableDeclaration') continue
    const found = node.declaration.declarations.find(
      ({ id }) => id.type === 'Identifier' && id.name === 'options',
    )
    if (found?.init) return found.init
  }
  return undefined
}

/** The properties that are literal. */
function knownOf(
  node: ObjectExpression,
  script: K6Script,
  walk: Walk,
  notes: Notes,
): Record<string, unknown> {
  const entries = node.properties.flatMap((property): [string, unknown][] => {
    const name = property.type === 'Property' ? (nameOf(property.key) ?? '') : ''
    const value = property.type === 'Property' ? walk.valueOf(property.value) : new NotLiteral(property)
    if (!(value instanceof NotLiteral)) return [[name, value]]
    notes.say(script.place(property), `${script.shown(property)} is known only while the script runs`)
    return []
  })
  return Object.fromEntries(entries)
}

const thresholdsIn = (node: AnyNode): AnyNode | undefined =>
  node.type === 'ObjectExpression'
    ? node.properties.find(it => it.type === 'Property' && nameOf(it.key) === 'thresholds')
    : undefined

/** The highest number of users, and the highest rate. */
function paceOf(scenarios: Record<string, unknown>[], notes: Notes, place: string): Pace {
  const highest = (values: unknown[]) => Math.max(0, ...values.map(Number).filter(Number.isFinite))
  const [users, rates]: [number[], number[]] = [[], []]
  for (const { executor, vus, startVUs, maxVUs, rate, startRate, stages, timeUnit } of scenarios) {
    const targets = listOf(stages).map(stage => objectOf(stage).target)
    if (/arrival-rate$/.test(String(executor)))
      rates.push(highest([rate, startRate, ...targets]) / secondsOf(timeUnit ?? '1s'))
    else users.push(highest([vus, startVUs, executor === 'externally-controlled' ? maxVUs : 0, ...targets]))
    if (targets.length > 0) notes.say(place, `of the stages, the highest is taken: ${highest(targets)}`)
  }
  if (scenarios.length > 1)
    notes.say(place, 'of several scenarios, the functions follow each other, at the highest load')
  const [most, arrivals] = [highest(users), highest(rates)]
  if (arrivals > 0) return { arrivals }
  return most > 0 ? { connections: Math.ceil(most) } : {}
}

const SECONDS: Record<string, number> = { ms: 0.001, s: 1, m: 60, h: 3_600 }

/** `1m30s` → 90 */
const secondsOf = (text: unknown): number =>
  [...String(text).matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)].reduce(
    (sum, [, number, unit]) => sum + Number(number) * SECONDS[unit!]!,
    0,
  ) || 1

function readThresholds(metric: string, given: unknown[], pace: Pace, notes: Notes, place: string): void {
  for (const it of given) {
    const text = String(isObject(it) ? it.threshold : it)
    const [, percentile, median, most] =
      /^\s*(?:p\((\d+(?:\.\d+)?)\)|(med))\s*<=?\s*(\d+(?:\.\d+)?)\s*$/.exec(text) ?? []
    if (metric === 'http_req_duration' && most !== undefined) {
      pace.limits ??= []
      pace.limits.push({ percentile: median ? 50 : Number(percentile), most: Number(most), place })
    } else notes.say(place, `the threshold ${shown(`${metric}: ${text}`)} is left out`)
  }
}
