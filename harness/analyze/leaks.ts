/** Leak or churn: compares the growth of the live heap over batches of requests with what is allocated. */
import { finding } from '../findings/index.ts'
import type { Change } from '../model/comparison.ts'
import type { Collected, Evidence, Sample } from '../model/evidence.ts'
import type { Finding } from '../model/finding.ts'
import type { LeakVerdict } from '../model/report.ts'
import { buildCallTree, commonRoot, functionTable } from '../profile/index.ts'
import { CONFIDENCE, centreOf, shownChange, studentT } from '../stats/centre.ts'
import { overall, sumOf, sumOfColumn } from '../stats/columns.ts'
import { isMeasured, mean, sum } from '../stats/describe.ts'
import type { Interval } from '../stats/student.ts'
import { type Series, theilSen } from '../stats/theil-sen.ts'
import { differenceOf } from '../stats/welch.ts'
import { magnitude, share, value } from '../words/numbers.ts'
import { excludedSamples } from './exclusion.ts'
import { namedFrame } from './functions.ts'
import type { Decode } from './profiles.ts'
import { labelOf, pairsOf, samplesOf } from './samples.ts'

/** Bytes per request: fewer than the smallest object and a reference to it take, so any leak is larger. */
const LEAST_LEAK = 16
/** From this share of busy time in pauses, or this growth of allocation, churn has a price. */
const STOPPED = 0.05
const MORE = 0.05
/** With this many launches, the scatter between them says more than the readings within them. */
const ENOUGH_LAUNCHES = 4
/** A verdict names at most this many functions. */
const MOST_FRAMES = 8

type Judged = Pick<LeakVerdict, 'verdict' | 'reason'>

/** One for each variant whose live heap was watched. */
export function leakVerdicts(evidence: Evidence, decode: Decode): LeakVerdict[] {
  const base = allocatedOf(samplesOf(evidence, evidence.baseline))
  return evidence.subjects.flatMap(({ id }) => {
    const samples = samplesOf(evidence, id)
    const series = samples.flatMap(({ collected }) => seriesOf(collected.heap))
    if (series.length === 0) return []
    const retained = slopeOf(series)
    const change = id === evidence.baseline ? null : allocatedChange(evidence, id)
    const facts = {
      retained: retained && { ...retained, confidence: CONFIDENCE },
      // The change is that of the rounds, each against itself: so that the table adds up, it also makes the figure.
      allocated: change && base !== null ? base * (1 + change.estimate) : allocatedOf(samples),
      allocatedChange: change,
      stopped: stoppedShare(samples),
      readings: sum(series.map(({ x }) => x.length)),
      launches: series.length,
      series: series.map(({ x, y }) => ({ requests: x, live: y })),
    }
    const judged = verdictOf(facts)
    return [{ variant: id, ...judged, ...facts, frames: framesOf(samples, judged.verdict, decode) }]
  })
}

/** Reports leaks, and how much of the heap its flame shows. */
export function leakFindings(evidence: Evidence, leaks: LeakVerdict[]): Finding[] {
  const seen = evidence.samples.flatMap(({ collected: { heap } }) => {
    const { live, sampled } = heap?.figures ?? {}
    return live && sampled !== undefined ? [sampled / live] : []
  })
  const found = leaks
    .filter(({ verdict }) => verdict === 'leak')
    .map(({ variant, reason }) => finding('leak', `${labelOf(evidence, variant)} leaks. ${reason}`))
  if (seen.length === 0) return found
  const message = `The flame of the live heap names the functions of ${share(mean(seen))} of the bytes. The rest was there before, or was not sampled.`
  return [...found, finding('heap-partly-seen', message)]
}

/** Live bytes over the requests served until then. */
function seriesOf(heap: Collected | undefined): Series[] {
  const { heapUsed: live, requests = [] } = heap?.slices ?? {}
  if (!live) return []
  let served = 0
  const points = live.flatMap((bytes, row) => {
    served += requests[row] ?? 0
    return isMeasured(bytes) ? [{ x: served, y: bytes }] : []
  })
  return [{ x: points.map(({ x }) => x), y: points.map(({ y }) => y) }]
}

/**
 * Readings within a launch can depend on each other, which makes their interval too narrow. An interval over the slopes
 * of whole launches does not have this problem, but needs several. The result is the wider of both.
 */
function slopeOf(series: Series[]): Interval | null {
  const within = theilSen(series, CONFIDENCE)
  const each = series.flatMap(one => theilSen([one], CONFIDENCE)?.estimate ?? [])
  if (!within || each.length < ENOUGH_LAUNCHES) return within
  const across = studentT(each, CONFIDENCE)
  return { ...within, low: Math.min(within.low, across.low), high: Math.max(within.high, across.high) }
}

function verdictOf(facts: Omit<LeakVerdict, 'variant' | 'verdict' | 'reason' | 'frames'>): Judged {
  const { retained, readings, allocated, allocatedChange, stopped } = facts
  if (!retained)
    return { verdict: 'cannot tell', reason: `${readings} readings of the live heap: too few for a slope.` }
  const interval = `${bytes(retained.estimate)} a request (95 % interval ${bytes(retained.low)} … ${bytes(retained.high)})`
  const stays = `After full collections the heap grew by ${interval}`
  if (retained.low >= LEAST_LEAK) return { verdict: 'leak', reason: `${stays}.` }
  if (retained.high >= LEAST_LEAK)
    return { verdict: 'cannot tell', reason: `${stays}: a leak is neither shown nor ruled out.` }
  const price: string[] = []
  if (stopped !== null && stopped >= STOPPED)
    price.push(`collecting stopped the loop for ${share(stopped)} of its time`)
  if (allocatedChange && allocatedChange.low > 0 && allocatedChange.estimate >= MORE)
    price.push(`that is ${magnitude(allocatedChange.estimate)} more than the baseline`)
  if (price.length === 0) return { verdict: 'neither', reason: `${stays}.` }
  const goes =
    allocated === null ? 'Allocated memory is freed again' : `${bytes(allocated)} a request come and go`
  return { verdict: 'churn', reason: `${goes}: ${price.join(', and ')}.` }
}

const bytes = (count: number): string => value(count, 'bytes')

function allocatedOf(samples: Sample[]): number | null {
  const all = samples.flatMap(sample => allocatedPerRequest(sample) ?? [])
  return all.length > 0 ? mean(all) : null
}

const allocatedPerRequest = (sample: Sample): number | null => overall(sample, 'allocated') || null

/** Paired by round, as metrics are. */
function allocatedChange(evidence: Evidence, variant: string): Change | null {
  const excluded = excludedSamples(evidence)
  const samples = evidence.samples.filter(
    sample => !excluded.has(sample) && allocatedPerRequest(sample) !== null,
  )
  const { before, after } = pairsOf({ ...evidence, samples }, variant)
  const [was, is] = [before, after].map(side => side.map(sample => Math.log(allocatedPerRequest(sample)!)))
  const centre =
    evidence.pairing === 'rounds'
      ? centreOf(was!.map((value, round) => is![round]! - value))
      : differenceOf(centreOf(was!), centreOf(is!))
  return shownChange(centre)
}

function stoppedShare(samples: Sample[]): number | null {
  const [paused, busy] = [sumOf(samples, 'gcPause'), sumOf(samples, 'loopActive')]
  return busy > 0 ? paused / busy : null
}

/** By self bytes, which is where they are allocated: those that stay, or for churn all of them. */
function framesOf(samples: Sample[], verdict: LeakVerdict['verdict'], decode: Decode): LeakVerdict['frames'] {
  const found = samples.flatMap(
    ({ collected }) => collected[verdict === 'churn' ? 'allocation' : 'heap'] ?? [],
  )
  const profiled = found.filter(({ profile }) => profile !== undefined)
  const requests = sum(profiled.map(({ slices }) => sumOfColumn(slices.requests)))
  if (verdict === 'neither' || requests === 0) return []
  const tree = buildCallTree(profiled.map(each => decode(each)!))
  const { self } = functionTable(tree)
  const root = commonRoot(tree.frames.map(({ file }) => file))
  return tree.frames
    .map((frame, at) => ({
      ...namedFrame(frame, root),
      bytes: sum(self.map(column => column[at]!)) / requests,
    }))
    .filter(frame => frame.bytes > 0 && frame.function !== '(no stack known)')
    .toSorted((a, b) => b.bytes - a.bytes)
    .slice(0, MOST_FRAMES)
}
