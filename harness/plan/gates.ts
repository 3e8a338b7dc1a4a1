/** Reads gates as people write them, and refuses every doubtful one. */
import type { Metric } from '../model/capabilities.ts'
import { UsageError } from '../model/errors.ts'
import type { RunOptions } from '../model/options.ts'
import type { Gate, PlannedVariant } from '../model/plan.ts'
import type { GateSpec } from '../model/scenario.ts'
import { percent } from '../words/numbers.ts'
import { suggest } from '../words/suggestion.ts'
import { parsePercentage, parseQuantity, unitsFor } from './quantity.ts'

type Judged = Pick<Metric, 'id' | 'unit' | 'better' | 'family'>

/** The gates of a scenario that has none. */
const DEFAULTS: Record<string, GateSpec> = { 'cpu.perRequest': '+2%', errors: 0 }
/** Where the process of a service is not known, and so its CPU time. */
const WITHOUT_PROCESS: Record<string, GateSpec> = { 'latency.p50': '+5%', errors: 0 }

const EXAMPLE = "for example 'cpu.perRequest<=+2%', 'latency.p99<=250ms' or 'errors<=0'"

const GATE = /^\s*([\w.-]+)\s*(<=|>=)\s*(\S.*?)\s*$/

/**
 * The scenario's gates, or the defaults. A gate of the options replaces the one on the same metric; an expected improvement
 * is added to it.
 */
export function planGates(
  specs: Record<string, GateSpec> | undefined,
  { gates: texts = [], expect = [], quick }: Pick<RunOptions, 'gates' | 'expect' | 'quick'>,
  metrics: readonly Judged[],
  file: string,
  variants: readonly Pick<PlannedVariant, 'id' | 'url' | 'pid' | 'inside' | 'probe'>[] = [],
): Gate[] {
  if (quick && texts.length + expect.length > 0)
    throw new UsageError('A quick run judges no gates.', {
      advice: `Drop \`--quick\` or \`--${texts.length > 0 ? 'gate' : 'expect'}\`.`,
    })
  const known = new Set(metrics.map(({ id }) => id))
  const unknown = variants.find(
    ({ url, pid, inside, probe }) => url !== undefined && (pid ?? inside ?? probe) === undefined,
  )
  const usual = Object.entries(unknown ? WITHOUT_PROCESS : DEFAULTS).filter(([id]) => known.has(id))
  const base = (specs ? Object.entries(specs) : usual).map(([id, spec]) => readGate(id, spec, metrics, file))
  const asked = mergeGates(texts.map(text => parseGate(text, metrics)))
  const gates = [...base.filter(gate => !asked.some(({ metric }) => metric === gate.metric)), ...asked]
  const all = withExpected(gates, mergeGates(expect.map(text => parseExpectation(text, metrics))))
  const isAboutProcess = ({ metric }: Gate) =>
    !['waiting', 'exact'].includes(metrics.find(({ id }) => id === metric)!.family)
  const blind = unknown && all.find(isAboutProcess)
  if (blind)
    throw new UsageError(
      `${blind.metric} of variant \`${unknown.id}\` cannot be measured: its process is not known.`,
      {
        place: file,
        advice:
          'Give the variant the `pid` of the process that serves its `url`, its `container`, or the address of its `probe`; or gate on latency.',
      },
    )
  return all
}

function withExpected(gates: Gate[], expected: Gate[]): Gate[] {
  const own = gates.map(gate => ({ ...gate, ...expected.find(({ metric }) => metric === gate.metric) }))
  const added = expected.filter(({ metric }) => gates.every(gate => gate.metric !== metric))
  return [...own, ...added].map(gate => agreeing(gate, '--expect'))
}

/** @throws UsageError for an improvement that the gate's own margin calls no change */
function agreeing(gate: Gate, place: string): Gate {
  const { metric, margin = 0, expect = Number.POSITIVE_INFINITY } = gate
  if (expect >= margin) return gate
  throw new UsageError(
    `The gate on ${metric} expects ${percent(expect)}, which its margin of ${percent(margin)} treats as no change.`,
    { place, advice: 'Expect more, or give the gate a smaller margin.' },
  )
}

/**
 * One gate as text: `metric<=+2%`, `metric>=-5%` where more is better, `metric<=250ms`.
 *
 * @throws UsageError for anything else
 */
export function parseGate(text: string, metrics: readonly Judged[]): Gate {
  const { id, limit } = readComparison(text, metrics, { place: '--gate', what: 'gate', example: EXAMPLE })
  const isChange = limit.endsWith('%') && /^[+\-−]/.test(limit)
  return readGate(id, isChange ? limit : { max: limit }, metrics, '--gate')
}

/**
 * An improvement that has to be proven: `metric<=-10%`, `metric>=+10%` where more is better.
 *
 * @throws UsageError for anything else
 */
function parseExpectation(text: string, metrics: readonly Judged[]): Gate {
  const asked = {
    place: '--expect',
    what: 'expected improvement',
    example: "for example 'cpu.perRequest<=-10%'",
  }
  const { id, limit } = readComparison(text, metrics, asked)
  return readGate(id, { expect: limit }, metrics, '--expect')
}

/** `metric<=limit`, or `>=` where more is better. */
function readComparison(
  text: string,
  metrics: readonly Judged[],
  { place, what, example }: { place: string; what: string; example: string },
): { id: string; limit: string } {
  const [, id, operator, limit] = GATE.exec(text) ?? []
  if (id === undefined || limit === undefined)
    throw new UsageError(`\`${text}\` is not ${/^[aeiou]/.test(what) ? 'an' : 'a'} ${what}.`, {
      place,
      advice: `Write ${example}.`,
    })
  const { better } = findMetric(id, metrics, place)
  const right = better === 'lower' ? '<=' : '>='
  if (operator !== right)
    throw new UsageError(`\`${text}\` asks for the wrong direction: ${better} is better for ${id}.`, {
      place,
      advice: `Write \`${id}${right}${limit}\`.`,
    })
  return { id, limit }
}

function readGate(id: string, spec: GateSpec, metrics: readonly Judged[], place: string): Gate {
  const metric = findMetric(id, metrics, place)
  if (typeof spec === 'string') return { metric: id, margin: readMargin(spec, metric, place), level: 'error' }
  if (typeof spec === 'number') return { metric: id, max: readExact(spec, metric, place), level: 'error' }
  const { change, expect, max, level = 'error' } = spec
  if (change === undefined && expect === undefined && max === undefined)
    throw new UsageError(`The gate on ${id} has no limit.`, {
      place,
      advice: 'Give it `change`, `expect` or `max`.',
    })
  const gate: Gate = {
    metric: id,
    ...(change !== undefined && { margin: readMargin(change, metric, place) }),
    ...(expect !== undefined && { expect: readExpected(expect, metric, place) }),
    ...(max !== undefined && { max: readLimit(max, metric, place) }),
    level,
  }
  return agreeing(gate, place)
}

/** An improvement as a fraction: always above zero. */
function readExpected(text: string, { id, better, family }: Judged, place: string): number {
  const sign = better === 'lower' ? '-' : '+'
  const advice = `Write '${sign}10%' for an improvement of a tenth.`
  if (family === 'exact')
    throw new UsageError(`${id} is compared exactly, so no improvement of it has to be proven.`, {
      place,
      advice: 'Give the gate a limit.',
    })
  const change = parsePercentage(text)
  if (change === undefined)
    throw new UsageError(`The expected improvement \`${text}\` of ${id} is not a percentage.`, {
      place,
      advice,
    })
  const expect = better === 'lower' ? -change : change
  const obstacle =
    change === 0
      ? 'no change at all'
      : expect < 0
        ? `not an improvement of ${id}: ${better} is better`
        : better === 'lower' &&
          expect >= 1 &&
          `more than ${id} can improve: it cannot fall by all that it has`
  if (obstacle) throw new UsageError(`\`${text}\` is ${obstacle}.`, { place, advice })
  return expect
}

function findMetric(id: string, metrics: readonly Judged[], place: string): Judged {
  const found = metrics.find(metric => metric.id === id)
  if (found) return found
  const ids = metrics.map(metric => metric.id)
  const [, name, , limit] = GATE.exec(id) ?? []
  const expected = metrics.some(metric => metric.id === name && isImprovement(limit ?? '', metric))
  const value = expected ? `{ expect: '${limit}' }` : `'${limit}'`
  const advice =
    name && limit ? `Write the limit as the value: { '${name}': ${value} }.` : suggest(id, ids, 'metrics')
  throw new UsageError(`There is no metric \`${id}\`.`, { place, advice })
}

/** Whether it is a percentage with a sign, in the direction that is better. */
function isImprovement(text: string, { better }: Judged): boolean {
  const change = parsePercentage(text) ?? 0
  return /^\s*[+\-−]/.test(text) && (better === 'lower' ? change < 0 : change > 0)
}

/** A margin as a fraction in the worse direction: always positive. */
function readMargin(text: string, { id, unit, better, family }: Judged, place: string): number {
  const sign = better === 'lower' ? '+' : '-'
  const change = parsePercentage(text)
  if (change === undefined) {
    const isLimit = place !== '--gate' && better === 'lower' && parseQuantity(text, unit) !== undefined
    const advice = isLimit
      ? `Write { max: '${text}' } for a limit, or '${sign}2%' for a change.`
      : `Write '${sign}2%'.`
    throw new UsageError(`The margin \`${text}\` of ${id} is not a percentage.`, { place, advice })
  }
  const unsigned = !/^\s*[+\-−]/.test(text)
  const margin = better === 'lower' || unsigned ? change : -change
  if (margin < 0)
    throw new UsageError(`The margin \`${text}\` of ${id} points the wrong way: ${better} is better.`, {
      place,
      advice: `Write '${text.replace(/^[\s+\-−]*/, sign)}' for the smallest change that you care about, or ${place === '--gate' ? `\`--expect\`` : `{ expect: '${text.trim()}' }`} for an improvement that has to be proven.`,
    })
  if (margin === 0 && family !== 'exact')
    throw new UsageError(`A margin of 0 % on ${id} cannot be decided: no estimate is exact.`, {
      place,
      advice: `Give the smallest change that you care about, for example '${sign}2%'.`,
    })
  return margin
}

function readExact(limit: number, metric: Judged, place: string): number {
  const { id, family, better } = metric
  if (family !== 'exact')
    throw new UsageError(`${id} varies from run to run, so ${limit} cannot be an exact limit.`, {
      place,
      advice: `Give a margin ('${better === 'lower' ? '+' : '-'}2%') or \`{ max: ${limit} }\`.`,
    })
  return readLimit(limit, metric, place)
}

function readLimit(limit: string | number, { id, unit, better }: Judged, place: string): number {
  if (better === 'higher')
    throw new UsageError(`${id} cannot have an upper limit: more of it is better.`, {
      place,
      advice: "Gate its change, for example '-5%'.",
    })
  const value = typeof limit === 'number' ? limit : parseQuantity(limit, unit)
  if (value === undefined || !Number.isFinite(value) || value < 0)
    throw new UsageError(`The limit \`${limit}\` of ${id} is not a quantity.`, {
      place,
      advice:
        typeof limit === 'string' && parsePercentage(limit) !== undefined
          ? `Write '+${limit.trim()}' if a change is meant: it needs its sign.`
          : `Write a number from 0 on, alone (in ${unit}) or with a unit: ${unitsFor(unit).join(', ')}. A change has a sign ('+2%').`,
    })
  return value
}

/** Several gates on one metric become one; two limits of the same kind contradict each other. */
function mergeGates(gates: Gate[]): Gate[] {
  const merged = new Map<string, Gate>()
  for (const gate of gates) {
    const before = merged.get(gate.metric)
    for (const kind of ['margin', 'expect', 'max'] as const) {
      const [old, now] = [before?.[kind], gate[kind]]
      if (old !== undefined && now !== undefined && old !== now)
        throw new UsageError(`The gates on ${gate.metric} contradict each other.`, {
          place: kind === 'expect' ? '--expect' : '--gate',
          advice: 'Give one margin, one limit and one expected improvement for each metric.',
        })
    }
    merged.set(gate.metric, { ...before, ...gate })
  }
  return [...merged.values()]
}

/** Adds to each gate the line of the scenario's file that sets it, if it is found. */
export function withLines(gates: Gate[], source: string): Gate[] {
  const lines = source.split('\n')
  const first = lines.findIndex(text => /\bgates\b/.test(text))
  return gates.map(gate => {
    const at = lines.findIndex((text, index) => index >= first && first >= 0 && isKey(gate.metric, text))
    return at < 0 ? gate : { ...gate, line: at + 1 }
  })
}

/** Whether the metric is a key in the line: `'cpu.perRequest': …`, `errors: 0`. */
function isKey(metric: string, line: string): boolean {
  const name = metric.replaceAll('.', '\\.')
  return new RegExp(`(?:^|[\\s{,])(?:'${name}'|"${name}"|\`${name}\`|${name})\\s*:`).test(line)
}
