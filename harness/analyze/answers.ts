/** Requests that went wrong: how, and what can still be concluded. */
import type { Detectors } from '../findings/index.ts'
import type { Collected, Evidence, Sample } from '../model/evidence.ts'
import { type Failure, TIMED_OUT, type Trial } from '../model/launch.ts'
import type { Analysis } from '../model/report.ts'
import { isLimited } from '../script/index.ts'
import { sumOf, sumOfColumn } from '../stats/columns.ts'
import { sum } from '../stats/describe.ts'
import { decodeHistogram } from '../stats/histogram.ts'
import { share } from '../words/numbers.ts'
import { MOST_LEFT_OUT } from './exclusion.ts'
import { boundOf } from './load-findings.ts'
import { labelOf, samplesOf, unitsOf } from './samples.ts'

/** From this share of a step's requests on, wrong answers, which are usually cheap, can hide half of a change. */
const MOST_WRONG = 0.5
/** A message names this many ways of going wrong. */
const NAMED = 3

interface Tally {
  all: number
  wrong: number
}

const shareOf = ({ all, wrong }: Tally): number => (all > 0 ? wrong / all : 0)

const tallyOf = (samples: Sample[]): Tally => {
  const { requests, errors, unexpected } = answersOf(samples)
  return { all: requests + errors, wrong: unexpected + errors }
}

/** Counts of the timed slices, and of requests that spoilt a search for a capacity. */
function answersOf(samples: Sample[]) {
  const bounds = samples.flatMap(wrongBound)
  return {
    requests: sumOf(samples, 'requests') + sum(bounds.map(({ requests }) => requests)),
    errors: sumOf(samples, 'errors'),
    unexpected: sumOf(samples, 'unexpected') + countOf(bounds),
    failures: [...samples, ...bounds].flatMap(({ failures = [] }) => failures),
  }
}

/** The trial that bounds a capacity, if it was mostly wrong answers that failed it, not latency or shed load. */
function wrongBound(sample: Sample): NonNullable<Trial['unexpected']>[] {
  return boundOf(sample).flatMap(({ unexpected }) => {
    if (!unexpected) return []
    const tried = { all: unexpected.requests, wrong: countOf([unexpected]) }
    return shareOf(tried) >= MOST_WRONG ? [unexpected] : []
  })
}

/** By step name; empty for records that do not distinguish steps. */
function tallyBySteps({ steps: names }: Evidence, samples: Sample[]): Map<string, Tally> {
  const steps = new Map<string, Tally>()
  const add = (step: string, all: number, wrong: number) => {
    const known = steps.get(step) ?? { all: 0, wrong: 0 }
    steps.set(step, { all: known.all + all, wrong: known.wrong + wrong })
  }
  for (const { histograms, failures = [] } of samples) {
    const { latency = [] } = histograms
    if (latency.length !== names.length) continue
    for (const [i, name] of names.entries()) add(name, decodeHistogram(latency[i]!).totalCount, 0)
    // Requests without a latency were not counted with the answers.
    for (const { step, kind, reason, count } of failures)
      if (steps.has(step)) add(step, kind === 'error' && reason !== TIMED_OUT ? count : 0, count)
  }
  return steps
}

/** Whether mostly wrong answers make a launch worthless. */
function isSpoilt(evidence: Evidence, sample: Sample): boolean {
  const whole = tallyOf([sample])
  if (whole.wrong === 0) return false
  return [whole, ...tallyBySteps(evidence, [sample]).values()].some(tried => shareOf(tried) >= MOST_WRONG)
}

/** The samples of the rounds in which a launch of these subjects is spoilt. */
export function spoiltSamples(evidence: Evidence, subjects: string[]): Set<Sample> {
  const spoilt = unitsOf(evidence).filter(unit =>
    unit.some(sample => subjects.includes(sample.subject) && isSpoilt(evidence, sample)),
  )
  return new Set(spoilt.flat())
}

/** The variants that nothing can be concluded about, and why. */
export function unusable(evidence: Evidence): NonNullable<Analysis['unusable']> {
  return evidence.subjects.flatMap(({ id }) => {
    const samples = samplesOf(evidence, id)
    const spoilt = samples.filter(sample => isSpoilt(evidence, sample))
    if (spoilt.length <= samples.length * MOST_LEFT_OUT) return []
    return [{ variant: id, reason: reasonFor(evidence, id, spoilt, samples.length) }]
  })
}

function reasonFor(evidence: Evidence, subject: string, spoilt: Sample[], rounds: number): string {
  const whole = tallyOf(spoilt)
  const [step, tried] =
    [...tallyBySteps(evidence, spoilt)].toSorted(([, a], [, b]) => shareOf(b) - shareOf(a))[0] ?? []
  const isOne = step !== undefined && evidence.steps.length > 1 && shareOf(whole) < MOST_WRONG
  const { all, wrong } = isOne ? tried! : whole
  const ways = waysOf(spoilt, failure => !isOne || failure.step === step, false)
  const where = spoilt.length < rounds ? `In ${spoilt.length} of ${rounds} rounds ` : ''
  const which = `${where}${share(wrong / all)} of the ${all} requests`
  return `${which}${isOne ? ` of ${step}` : ''} to ${labelOf(evidence, subject)} went wrong${ways}.`
}

/**
 * How much cheaper the baseline's requests would be than the variant's if wrong answers cost nothing, as a log-ratio. The
 * change of the right answers lies between the change that was measured and that change plus this value.
 */
export function tilt(evidence: Evidence, subject: string, excluded: ReadonlySet<Sample>): number {
  const [was, is] = [evidence.baseline, subject].map(id =>
    shareOf(tallyOf(samplesOf(evidence, id).filter(sample => !excluded.has(sample)))),
  )
  return was === is ? 0 : Math.log1p(-was!) - Math.log1p(-is!)
}

/** A profile of wrong answers shows other work than the script means to measure. */
export function withoutWrongProfiles(evidence: Evidence): Evidence {
  if (wrongProfiles(evidence).size === 0) return evidence
  const right = (all: Sample['collected']) =>
    Object.fromEntries(Object.entries(all).filter(([, collected]) => !isWrong(collected)))
  const samples = evidence.samples.map(sample => ({ ...sample, collected: right(sample.collected) }))
  return { ...evidence, samples }
}

function isWrong({ slices }: Collected): boolean {
  const [errors, unexpected, requests] = [slices.errors, slices.unexpected, slices.requests].map(sumOfColumn)
  return shareOf({ all: requests! + errors!, wrong: errors! + unexpected! }) >= MOST_WRONG
}

/** The collectors that saw mostly wrong answers, by variant. */
function wrongProfiles({ samples }: Evidence): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>()
  for (const { subject, collected } of samples)
    for (const [name, each] of Object.entries(collected))
      if (isWrong(each)) found.set(subject, (found.get(subject) ?? new Set()).add(name))
  return found
}

export const ANSWER_DETECTORS: Detectors<[Evidence]> = {
  errors: evidence => {
    const { errors, requests } = answersOf(evidence.samples)
    const what = `of ${errors + requests} requests ended without an answer`
    return howMany(
      evidence,
      answers => answers.errors,
      what,
      ({ kind }) => kind === 'error',
    )
  },
  'rate-limited': evidence => {
    const what = `of ${answersOf(evidence.samples).requests} answers look like those of a rate limiter`
    return howMany(evidence, limited, what, isFromLimiter)
  },
  'unexpected-answers': evidence => {
    const isOther = (failure: Failure) => failure.kind === 'unexpected' && !isFromLimiter(failure)
    const what = `of ${answersOf(evidence.samples).requests} answers were not what the script expects`
    // A record without reasons still has the count.
    return howMany(evidence, answers => answers.unexpected - limited(answers), what, isOther)
  },
  'wrong-profiles': evidence => {
    const reported = new Set(unusable(evidence).map(({ variant }) => variant))
    const found = [...wrongProfiles(evidence)].filter(([variant]) => !reported.has(variant))
    const named = found.map(([variant, names]) => `${labelOf(evidence, variant)} (${[...names].join(', ')})`)
    if (found.length === 0) return null
    return `At least half of the requests went wrong while profiles were taken, which are left out: ${named.join('; ')}.`
  },
}

type Answers = ReturnType<typeof answersOf>

/** `52 <what>: 12 of Before, 40 of After (<ways>).`, with the sides where there are several. */
function howMany(
  evidence: Evidence,
  count: (answers: Answers) => number,
  what: string,
  is: (failure: Failure) => boolean,
): string | null {
  const { subjects, samples } = evidence
  const all = count(answersOf(samples))
  if (all <= 0) return null
  const sides = subjects.map(({ id, label }) => `${count(answersOf(samplesOf(evidence, id)))} of ${label}`)
  return `${all} ${what}${sides.length > 1 ? `: ${sides.join(', ')}` : ''}${waysOf(samples, is)}.`
}

const limited = (answers: Answers): number => countOf([answers], isFromLimiter)

const isFromLimiter = ({ kind, reason }: Failure): boolean => kind === 'unexpected' && isLimited(reason)

/** How many requests failed in a way that passes `is`. */
const countOf = (answers: Pick<Sample, 'failures'>[], is = (_: Failure) => true): number =>
  sum(answers.flatMap(({ failures = [] }) => failures.filter(is).map(({ count }) => count)))

/** The most common ways of going wrong, with a sample of the first; empty for records without reasons. */
function waysOf(samples: Sample[], is: (failure: Failure) => boolean, sampled = true): string {
  const counts = new Map<string, Failure>()
  for (const failure of answersOf(samples).failures.filter(is)) {
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
