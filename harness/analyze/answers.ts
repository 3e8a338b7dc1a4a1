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
import { boundOf } from './load-findings.ts'
import { labelOf, samplesOf, unitsOf } from './samples.ts'

/**
 * A launch in which this share of a step's requests went wrong says nothing about the service. Wrong answers are usually
 * cheap, so from this share on they can hide more than half of a change. Each step was answered as expected before the
 * round.
 */
const MOST_WRONG = 0.5
/** Share of a variant's rounds that such samples may cost, as in `exclusion.ts`. */
const MOST_SPOILT = 1 / 3
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
    unexpected: sumOf(samples, 'unexpected') + countOf(bounds, () => true),
    failures: [...samples, ...bounds].flatMap(({ failures = [] }) => failures),
  }
}

/**
 * The trial that bounds a capacity, if it failed for its answers. High latency, or a few answers that shed load, are good
 * reasons to fail; mostly wrong answers are not.
 */
function wrongBound(sample: Sample): NonNullable<Trial['unexpected']>[] {
  return boundOf(sample).flatMap(({ unexpected }) => {
    if (!unexpected) return []
    const tried = { all: unexpected.requests, wrong: countOf([unexpected], () => true) }
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
    if (spoilt.length <= samples.length * MOST_SPOILT) return []
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
  const strip = (sample: Sample): Sample => ({
    ...sample,
    collected: Object.fromEntries(
      Object.entries(sample.collected).filter(([, collected]) => !isWrong(collected)),
    ),
  })
  return { ...evidence, samples: evidence.samples.map(strip) }
}

function isWrong({ slices }: Collected): boolean {
  const [errors, unexpected, requests] = [slices.errors, slices.unexpected, slices.requests].map(sumOfColumn)
  return shareOf({ all: requests! + errors!, wrong: errors! + unexpected! }) >= MOST_WRONG
}

/** Names of the collectors that saw mostly wrong answers, by variant. */
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
    const ways = waysOf(evidence.samples, ({ kind }) => kind === 'error')
    return errors > 0
      ? `${errors} of ${errors + requests} requests ended without an answer${bySides(evidence, side => answersOf(side).errors)}${ways}.`
      : null
  },
  'rate-limited': evidence => {
    const limited = (samples: Sample[]) =>
      countOf(
        samples.map(own => answersOf([own])),
        isFromLimiter,
      )
    const all = evidence.samples
    return limited(all) > 0
      ? `${limited(all)} of ${answersOf(all).requests} answers look like those of a rate limiter${bySides(evidence, limited)}${waysOf(all, isFromLimiter)}.`
      : null
  },
  'unexpected-answers': evidence => {
    const isOther = (failure: Failure) => failure.kind === 'unexpected' && !isFromLimiter(failure)
    // A record without reasons still has the count.
    const others = (samples: Sample[]) => {
      const { unexpected, ...answers } = answersOf(samples)
      return unexpected - countOf([answers], isFromLimiter)
    }
    const all = evidence.samples
    return others(all) > 0
      ? `${others(all)} of ${answersOf(all).requests} answers were not what the script expects${bySides(evidence, others)}${waysOf(all, isOther)}.`
      : null
  },
  'wrong-profiles': evidence => {
    const reported = new Set(unusable(evidence).map(({ variant }) => variant))
    const found = [...wrongProfiles(evidence)].filter(([variant]) => !reported.has(variant))
    const named = found.map(([variant, names]) => `${labelOf(evidence, variant)} (${[...names].join(', ')})`)
    return found.length > 0
      ? `At least half of the requests went wrong while profiles were taken, which are left out: ${named.join('; ')}.`
      : null
  },
}

const isFromLimiter = ({ kind, reason }: Failure): boolean => kind === 'unexpected' && isLimited(reason)

const countOf = (answers: Pick<Sample, 'failures'>[], is: (failure: Failure) => boolean): number =>
  sum(answers.flatMap(({ failures = [] }) => failures.filter(is).map(({ count }) => count)))

/** `: 12 of Before, 40 of After`, where there are several. */
function bySides(evidence: Evidence, count: (samples: Sample[]) => number): string {
  const { subjects } = evidence
  if (subjects.length < 2) return ''
  return `: ${subjects.map(({ id, label }) => `${count(samplesOf(evidence, id))} of ${label}`).join(', ')}`
}

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
