/** Whether the services did what they were asked: what went wrong instead, and what can still be concluded. */
import type { Code, Detector } from '../findings/catalogue.ts'
import {
  type Capture,
  type Failure,
  type LaunchRecord,
  type RunRecord,
  TIMED_OUT,
  type Trial,
} from '../model/record.ts'
import type { Analysis } from '../model/report.ts'
import { isLimited } from '../script/index.ts'
import { decodeHistogram } from '../stats/histogram.ts'
import { share } from '../words/numbers.ts'
import { launchesOf, sumOf } from './totals.ts'

/**
 * Share of a step's requests that go wrong, from which on a launch says nothing of what was meant. Wrong answers are mostly cheap:
 * with this share of them more than half of a change may be hidden. Each step was answered as expected before the round.
 */
const MOST_WRONG = 0.5
/** Share of a variant's rounds that may be lost to such launches, as in `exclusion.ts`. */
const MOST_SPOILT = 1 / 3
/** Ways of going wrong that a message names. */
const NAMED = 3

interface Tried {
  all: number
  wrong: number
}

const shareOf = ({ all, wrong }: Tried): number => (all > 0 ? wrong / all : 0)

const triedIn = (launches: LaunchRecord[]): Tried => {
  const { requests, errors, unexpected } = booksOf(launches)
  return { all: requests + errors, wrong: unexpected + errors }
}

/** What became of the requests of the timed slices; where a capacity was looked for, of those that made nonsense of it. */
function booksOf(launches: LaunchRecord[]) {
  const bounds = launches.flatMap(wrongBound)
  const sum = (counts: number[]) => counts.reduce((total, count) => total + count, 0)
  return {
    requests: sumOf(launches, 'requests') + sum(bounds.map(({ requests }) => requests)),
    errors: sumOf(launches, 'errors'),
    unexpected: sumOf(launches, 'unexpected') + countOf(bounds, () => true),
    failures: [...launches, ...bounds].flatMap(({ failures = [] }) => failures),
  }
}

/** The rate that bounds a capacity is the lowest that failed: by latency, or by a few answers that shed load, not by most of them. */
function wrongBound({ capacity }: LaunchRecord): NonNullable<Trial['unexpected']>[] {
  const failed = capacity?.trials.filter(({ passed }) => !passed) ?? []
  const { unexpected } = failed.toSorted((a, b) => a.rate - b.rate)[0] ?? {}
  if (!unexpected) return []
  const tried = { all: unexpected.requests, wrong: countOf([unexpected], () => true) }
  return shareOf(tried) >= MOST_WRONG ? [unexpected] : []
}

/** By the names of the steps; empty in records that do not tell them apart. */
function triedBySteps({ plan }: RunRecord, launches: LaunchRecord[]): Map<string, Tried> {
  const steps = new Map<string, Tried>()
  const add = (step: string, all: number, wrong: number) => {
    const known = steps.get(step) ?? { all: 0, wrong: 0 }
    steps.set(step, { all: known.all + all, wrong: known.wrong + wrong })
  }
  for (const { latency, failures = [] } of launches) {
    if (latency.length !== plan.load.steps.length) continue
    for (const [i, { name }] of plan.load.steps.entries())
      add(name, decodeHistogram(latency[i]!).totalCount, 0)
    // What has no latency was not counted with the answers.
    for (const { step, kind, reason, count } of failures)
      if (steps.has(step)) add(step, kind === 'error' && reason !== TIMED_OUT ? count : 0, count)
  }
  return steps
}

/** Whether a launch has spent its slices on something else than what was asked. */
function isSpoilt(run: RunRecord, launch: LaunchRecord): boolean {
  const whole = triedIn([launch])
  if (whole.wrong === 0) return false
  return [whole, ...triedBySteps(run, [launch]).values()].some(tried => shareOf(tried) >= MOST_WRONG)
}

/** Indexes of the rounds in which a launch of these variants is spoilt. */
export function spoiltRounds(run: RunRecord, variants: string[]): Set<number> {
  const spoilt = run.rounds.filter(({ launches }) =>
    launches.some(launch => variants.includes(launch.variant) && isSpoilt(run, launch)),
  )
  return new Set(spoilt.map(({ index }) => index))
}

/** The variants of which nothing can be concluded, and why. */
export function unusable(run: RunRecord): NonNullable<Analysis['unusable']> {
  return run.plan.variants.flatMap(({ id }) => {
    const launches = launchesOf(run, id)
    const spoilt = launches.filter(launch => isSpoilt(run, launch))
    if (spoilt.length <= launches.length * MOST_SPOILT) return []
    return [{ variant: id, reason: reasonFor(run, id, spoilt, launches.length) }]
  })
}

function reasonFor(run: RunRecord, variant: string, spoilt: LaunchRecord[], rounds: number): string {
  const whole = triedIn(spoilt)
  const [step, tried] =
    [...triedBySteps(run, spoilt)].toSorted(([, a], [, b]) => shareOf(b) - shareOf(a))[0] ?? []
  const isOne = step !== undefined && run.plan.load.steps.length > 1 && shareOf(whole) < MOST_WRONG
  const { all, wrong } = isOne ? tried! : whole
  const ways = waysOf(spoilt, failure => !isOne || failure.step === step, false)
  const where = spoilt.length < rounds ? `In ${spoilt.length} of ${rounds} rounds ` : ''
  const which = `${where}${share(wrong / all)} of the ${all} requests`
  return `${which}${isOne ? ` of ${step}` : ''} to ${labelOf(run, variant)} went wrong${ways}.`
}

/**
 * How much cheaper the baseline's requests would be than the variant's if wrong answers cost nothing, as a log-ratio: the change
 * that was measured, and this one added to it, are the ends between which that of the right answers lies.
 */
export function tilt(run: RunRecord, variant: string, excluded: ReadonlySet<number>): number {
  const rounds = run.rounds.filter(({ index }) => !excluded.has(index))
  const [was, is] = [run.plan.baseline, variant].map(id =>
    shareOf(triedIn(launchesOf({ ...run, rounds }, id))),
  )
  return was === is ? 0 : Math.log1p(-was!) - Math.log1p(-is!)
}

/** A profile of wrong answers is one of another service. */
export function withoutWrongCaptures(run: RunRecord): RunRecord {
  if (wrongCaptures(run).size === 0) return run
  const strip = (launch: LaunchRecord): LaunchRecord => ({
    ...launch,
    captures: Object.fromEntries(Object.entries(launch.captures).filter(([, capture]) => !isWrong(capture))),
  })
  return { ...run, rounds: run.rounds.map(round => ({ ...round, launches: round.launches.map(strip) })) }
}

function isWrong({ slices }: Capture): boolean {
  const sum = (column: (number | null)[]) => column.reduce<number>((total, value) => total + (value ?? 0), 0)
  const [errors, unexpected, requests] = [slices.errors, slices.unexpected, slices.requests].map(sum)
  return shareOf({ all: requests! + errors!, wrong: errors! + unexpected! }) >= MOST_WRONG
}

/** Names of collectors that met little but wrong answers, by variant. */
function wrongCaptures(run: RunRecord): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>()
  for (const { variant, captures } of launchesOf(run))
    for (const [name, capture] of Object.entries(captures))
      if (isWrong(capture)) found.set(variant, (found.get(variant) ?? new Set()).add(name))
  return found
}

export const ANSWER_DETECTORS = {
  errors: run => {
    const { errors, requests } = booksOf(launchesOf(run))
    const ways = waysOf(launchesOf(run), ({ kind }) => kind === 'error')
    return errors > 0
      ? `${errors} of ${errors + requests} requests ended without an answer${bySides(run, side => booksOf(side).errors)}${ways}.`
      : null
  },
  'rate-limited': run => {
    const limited = (launches: LaunchRecord[]) =>
      countOf(
        launches.map(own => booksOf([own])),
        isLimiters,
      )
    const all = launchesOf(run)
    return limited(all) > 0
      ? `${limited(all)} of ${booksOf(all).requests} answers look like those of a rate limiter${bySides(run, limited)}${waysOf(all, isLimiters)}.`
      : null
  },
  'unexpected-answers': run => {
    const isOther = (failure: Failure) => failure.kind === 'unexpected' && !isLimiters(failure)
    // A record without reasons still has the count.
    const others = (launches: LaunchRecord[]) => {
      const { unexpected, ...books } = booksOf(launches)
      return unexpected - countOf([books], isLimiters)
    }
    const all = launchesOf(run)
    return others(all) > 0
      ? `${others(all)} of ${booksOf(all).requests} answers were not what the script expects${bySides(run, others)}${waysOf(all, isOther)}.`
      : null
  },
  'wrong-profiles': run => {
    const told = new Set(unusable(run).map(({ variant }) => variant))
    const found = [...wrongCaptures(run)].filter(([variant]) => !told.has(variant))
    const named = found.map(([variant, names]) => `${labelOf(run, variant)} (${[...names].join(', ')})`)
    return found.length > 0
      ? `At least half of the requests went wrong while profiles were taken, which are left out: ${named.join('; ')}.`
      : null
  },
} as const satisfies Partial<Record<Code, Detector>>

const isLimiters = ({ kind, reason }: Failure): boolean => kind === 'unexpected' && isLimited(reason)

const countOf = (books: Pick<LaunchRecord, 'failures'>[], is: (failure: Failure) => boolean): number =>
  books
    .flatMap(({ failures = [] }) => failures)
    .reduce((sum, failure) => sum + (is(failure) ? failure.count : 0), 0)

/** `: 12 of Before, 40 of After`, where there are several. */
function bySides(run: RunRecord, count: (launches: LaunchRecord[]) => number): string {
  const { variants } = run.plan
  if (variants.length < 2) return ''
  return `: ${variants.map(({ id, label }) => `${count(launchesOf(run, id))} of ${label}`).join(', ')}`
}

const labelOf = ({ plan }: RunRecord, variant: string): string =>
  plan.variants.find(({ id }) => id === variant)?.label ?? variant

/** The commonest ways of going wrong, with a sample of the first one; nothing in records that do not tell. */
function waysOf(launches: LaunchRecord[], is: (failure: Failure) => boolean, sampled = true): string {
  const counts = new Map<string, Failure>()
  for (const failure of booksOf(launches).failures.filter(is)) {
    const key = `${failure.step}: ${failure.reason}`
    const known = counts.get(key)
    counts.set(key, known ? { ...known, count: known.count + failure.count } : failure)
  }
  const ways = [...counts].toSorted(([, a], [, b]) => b.count - a.count)
  if (ways.length === 0) return ''
  const named = ways.slice(0, NAMED).map(([way, { count }]) => `${count} × ${way}`)
  const rest = ways.length > NAMED ? ', and others' : ''
  const sample = sampled && ways[0]![1].sample
  return ` (${named.join('; ')}${rest}${sample ? `; for example \`${sample}\`` : ''})`
}
