/** What is responsible for a regression, as lines of text: the functions that cost more, and the step that slowed most. */
import type { CallChange, Culprit, OwnerChange } from '../../harness/model/flame.ts'
import type { GateVerdict, LatencyCurve, Report } from '../../harness/model/report.ts'
import { signedPercent, signedValue, value } from '../../harness/words/numbers.ts'
import { withVersion } from '../../harness/words/owners.ts'
import { visible } from '../../harness/words/text.ts'
import { collectorsOf, functionName, measureOf, place } from './functions.ts'
import { variantOf } from './pairs.ts'

/**
 * Under load every step waits in the same queue, so one slow step slows them all, and the cheap ones most in proportion.
 * The quickest answers met no queue: what they cost more is the step's own.
 */
const UNQUEUED = 5

/** A sentence, and the place in the variant's version that it is about. */
export interface Cause {
  text: string
  /** Absolute path and line; absent where it is about no function, or about one that is gone. */
  place?: { path: string; line: number }
}

/**
 * The functions that hold most of the change, as a person would say it to a colleague, or whose code it is spread over; then
 * the step. None if nothing stands out.
 */
export function causes(report: Report, variant: string): Cause[] {
  const step = movedStep(report, variant)
  return [...changesOf(report, variant), ...(step ? [{ text: stepLine(step) }] : [])]
}

/** The causes as lines of text. */
export const culprits = (report: Report, variant: string): string[] =>
  causes(report, variant).map(({ text }) => text)

/** The culprits of every variant with a gate that changed; with several such variants, each line names its own. */
export function responsible(report: Report): string[] {
  const changed = report.verdict.gates.filter(({ status }) => status === 'regressed' || status === 'improved')
  const variants = [...new Set(changed.map(({ variant }) => variant))]
  return variants.flatMap(id => {
    const whose = variants.length > 1 ? `${visible(variantOf(report, id).label)}: ` : ''
    return culprits(report, id).map(line => `${whose}${line}`)
  })
}

function changesOf(report: Report, variant: string): Cause[] {
  const [collector] = collectorsOf(report, variant)
  const of = (it: { variant: string }) => it.variant === variant
  const culprits = report.analysis.culprits.filter(of)
  const owners = report.analysis.owners.filter(it => of(it) && it.collector === collector)
  const told = toldCulprits(culprits, owners, collector)
  const lines = told.map(it => ({ text: culpritLine(it), place: placeOf(it) }))
  if (told.some(it => it.collector === collector)) return lines
  const owner = owners.find(({ significant }) => significant)
  return owner ? [...lines, { text: ownerLine(owner, measureOf(report, variant, owner.collector)) }] : lines
}

/**
 * The functions that are named: those that hold the change beyond chance or, where most of it is V8's own and no function holds
 * it, those that allocate more or less, because collecting what they allocate is work of V8.
 *
 * @param culprits of one variant
 * @param owners of the same variant and the collector, the one whose cost changed most first
 */
export function toldCulprits(
  culprits: Culprit[],
  owners: Pick<OwnerChange, 'owner' | 'before' | 'after'>[],
  collector = 'cpu',
): Culprit[] {
  const sure = culprits.filter(({ interval }) => interval && isSure(interval))
  const direct = sure.filter(it => it.collector === collector)
  const [first] = owners
  if (direct.length > 0 || collector !== 'cpu' || first?.owner !== 'V8') return direct
  return sure.filter(it => it.collector === 'allocation' && it.whole * (first.after - first.before) > 0)
}

/** The line of the call, or else of the function that makes it. */
function placeOf(culprit: Culprit): Cause['place'] {
  const { path, line } = culprit
  return path !== undefined && line > 0 ? { path, line: callIn(culprit)?.at ?? line } : undefined
}

const isSure = ({ low, high }: { low: number; high: number }): boolean => low > 0 || high < 0

/** `jsonwebtoken@9.0.2: the function at verify.js:101 now calls createPublicKey at verify.js:121 (+26.4 of its +32.7 µs; …)` */
function culpritLine(culprit: Culprit): string {
  const { owner, version, category } = culprit
  const whose = category === 'dependency' ? `${withVersion(owner, version)}: ` : ''
  return `${whose}${nameOf(culprit)} ${causeOf(culprit)} (${figuresOf(culprit)})`
}

/** The figure of a call is not worth mentioning if it differs from its function's by less than this share. */
const ALIKE = 0.03

/** Figures of the call, the function that makes it, and the whole. */
function figuresOf(culprit: Culprit): string {
  const { before, after, whole, unit } = culprit
  const per = allocates(culprit) ? `allocated ${culprit.per}` : culprit.per
  const all = signedValue(whole, unit)
  // The part has an error of its own, so its estimate can exceed the whole.
  const isAll = (after - before) / whole >= 1
  const size = isAll ? whole : after - before
  const own = signedValue(size, unit)
  const call = callIn(culprit)
  const callSize = call ? call.after - call.before : size
  // Both are all of it, or differ by less than their errors.
  const isSame = Math.abs(callSize / size - 1) < ALIKE || (isAll && callSize / whole >= 1)
  if (isSame) return isAll ? `${all} ${per}, all of the change` : `${own} of ${all} ${per}`
  const called = signedValue(callSize, unit)
  const isPart = Math.abs(callSize) < Math.abs(size) && called[0] === own[0]
  const both = isPart ? `${withoutUnit(called, own)} of its ${own}` : `${called}; net ${own}`
  return isAll ? `${both} ${per}, all of the change` : `${both}; whole ${all} ${per}`
}

/** `+26.4` next to `+32.7 µs` */
function withoutUnit(text: string, other: string): string {
  const [figure = '', unit] = text.split(' ')
  return unit === other.split(' ')[1] ? figure : text
}

/** The call that the sentence is about; `undefined` where the function itself cost nothing on one side, or works more or less. */
const callIn = ({ before, after, cause }: Culprit): CallChange | undefined =>
  cause.kind === 'own work' || before < NEW * after || after < NEW * before ? undefined : cause

/** The path inside its package, whose name the line begins with. */
const placeInPackage = (file: string, line: number): string =>
  place(file.replace(/^node_modules\/(?:.*\/node_modules\/)?(?:@[^/]+\/)?[^/]+\//, ''), line)

function nameOf({ function: name, file, line, caller }: Culprit): string {
  const where = placeInPackage(file, line)
  if (!isAnonymous(name)) return `${functionName(name)}${where ? ` (${where})` : ''}`
  const by = caller && !isAnonymous(caller) ? `, called by ${functionName(caller)},` : ''
  return `the function at ${where || 'an unknown place'}${by}`
}

const isAnonymous = (name: string): boolean => /^\(anonymous/.test(name)

/** A function that costs less than this share of what it costs on the other side may not have been there. */
const NEW = 0.05

const allocates = ({ collector }: Culprit): boolean => collector === 'allocation'

/** How it is said of a function, by what it needs more or less of. */
const OF_TIME = {
  before: 'cost',
  now: 'costs',
  itself: (more: string) => `does ${more} work`,
  call: 'spends',
}
const OF_BYTES = {
  before: 'allocated',
  now: 'allocates',
  itself: (more: string) => `allocates ${more}`,
  call: 'allocates',
}

function causeOf(culprit: Culprit): string {
  const { before, after, owner, file, line } = culprit
  const more = after > before ? 'more' : 'less'
  const words = allocates(culprit) ? OF_BYTES : OF_TIME
  // Whether it was there, and too cheap to be sampled, nobody knows.
  if (before < NEW * after) return `${words.before} next to nothing before`
  if (after < NEW * before) return `${words.now} next to nothing now`
  const call = callIn(culprit)
  if (!call) return `${words.itself(more)} itself`
  const { kind, callee, instead = '' } = call
  const whose = call.owner === owner ? '' : ` of ${OWNERS[call.owner] ?? visible(call.owner)}`
  const at = call.at === undefined || call.at === line ? '' : ` at ${placeInPackage(file, call.at)}`
  const called = `${functionName(callee)}${whose}`
  const causes = {
    'new call': `now calls ${called}`,
    'dropped call': `no longer calls ${called}`,
    'other call': `calls ${called} instead of ${functionName(instead)}`,
    call: `${words.call} ${more} in ${called}`,
  }
  return `${causes[kind]}${at}`
}

/** Where no few functions hold the change. */
function ownerLine(
  { kind, owner, versions, before, after }: OwnerChange,
  { unit, per }: { unit: string; per: string },
): string {
  const change = signedValue(after - before, unit)
  const version = versions?.after ?? versions?.before ?? undefined
  const whose = kind === 'dependency' ? withVersion(owner, version) : (OWNERS[owner] ?? visible(owner))
  return `spread over many functions, most of it in ${whose} (${change} ${per})`
}

const OWNERS: Record<string, string> = {
  application: 'the application',
  Node: 'Node itself',
  V8: 'V8 itself (garbage collector, compiler)',
  kernel: 'the kernel',
}

interface MovedStep {
  step: string
  /** Latency in µs, at the percentile above. */
  before: number
  after: number
}

/** The step whose quickest answers slowed by the most time or, of a variant that improved, became quicker by the most. */
function movedStep({ evidence, analysis, verdict }: Report, variant: string): MovedStep | undefined {
  const direction = hasImproved(verdict.gates, variant) ? -1 : 1
  const quickest = (id: string) =>
    new Map(
      analysis.latency
        .filter(it => it.variant === id && evidence.steps.includes(it.step))
        .map(it => [it.step, quickestOf(it)]),
    )
  const before = quickest(evidence.baseline)
  const moved = [...quickest(variant)].flatMap(([step, now]) => {
    const then = before.get(step)
    return then !== undefined && now !== undefined && direction * (now - then) > 0
      ? [{ step, before: then, after: now }]
      : []
  })
  return moved.toSorted((a, b) => direction * (b.after - b.before - (a.after - a.before)))[0]
}

/** Whether a gate got better and none got worse. */
function hasImproved(gates: GateVerdict[], variant: string): boolean {
  const words = gates.filter(it => it.variant === variant).map(({ status }) => status)
  return words.includes('improved') && !words.includes('regressed')
}

const quickestOf = ({ points }: LatencyCurve) =>
  points.find(({ percentile }) => percentile === UNQUEUED)?.value

const stepLine = ({ step, before, after }: MovedStep): string =>
  `${visible(step)} ${after > before ? 'slowed' : 'sped up'} most: latency without a queue (p${UNQUEUED}) ${value(before, 'µs')} → ${value(after, 'µs')} (${signedPercent(after / before - 1)})`
