/** Does memory stay, or does it come and go? The live heap over batches of requests, beside what is allocated. */

import { finding } from '../findings/catalogue.ts'
import { decodePprof } from '../formats/index.ts'
import type { Finding } from '../model/finding.ts'
import type { Capture, LaunchRecord, RunRecord } from '../model/record.ts'
import type { Change, LeakVerdict } from '../model/report.ts'
import { buildCallTree, categoryOf, commonRoot, functionTable, shownPath } from '../profile/index.ts'
import { centreOf, intervalOf } from '../stats/centre.ts'
import { CONFIDENCE, changeOf } from '../stats/change.ts'
import { isMeasured, mean, measured } from '../stats/describe.ts'
import { type Interval, studentT } from '../stats/student.ts'
import { type Series, theilSen } from '../stats/theil-sen.ts'
import { magnitude, share, value } from '../words/numbers.ts'
import { excludedRounds } from './exclusion.ts'
import { shownName } from './frames.ts'
import { launchesOf, sumOf } from './totals.ts'

/** Bytes per request: less than the smallest object with a reference to it is no leak of a request. */
const LEAST_LEAK = 16
/** Share of busy time in pauses, and growth of what is allocated, from which coming and going has a price. */
const STOPPED = 0.05
const MORE = 0.05
/** Launches from which their own scatter tells more than the readings within them. */
const ENOUGH_LAUNCHES = 4
/** Functions that a verdict names at most. */
const MOST_FRAMES = 8

type Judged = Pick<LeakVerdict, 'verdict' | 'reason'>

/** One for each variant whose live heap was watched. */
export function leakVerdicts(run: RunRecord): LeakVerdict[] {
  return run.plan.variants.flatMap(({ id }) => {
    const launches = launchesOf(run, id)
    const series = launches.flatMap(launch => seriesOf(launch.captures.heap))
    if (series.length === 0) return []
    const retained = slopeOf(series)
    const facts = {
      retained: retained && { ...retained, confidence: CONFIDENCE },
      allocated: allocatedOf(launches),
      allocatedChange: id === run.plan.baseline ? null : allocatedChange(run, id),
      stopped: stoppedShare(launches),
      readings: series.reduce((sum, { x }) => sum + x.length, 0),
      launches: series.length,
      series: series.map(({ x, y }) => ({ requests: x, live: y })),
    }
    const judged = verdictOf(facts)
    return [{ variant: id, ...judged, ...facts, frames: framesOf(launches, judged.verdict) }]
  })
}

/** A leak is worth a word whoever reads on, and so is how much of the heap its flame shows. */
export function leakFindings(run: RunRecord, leaks: LeakVerdict[]): Finding[] {
  const seen = launchesOf(run).flatMap(({ captures: { heap } }) => {
    const { live, sampled } = heap?.figures ?? {}
    return live && sampled !== undefined ? [sampled / live] : []
  })
  return [
    ...leaks
      .filter(({ verdict }) => verdict === 'leak')
      .map(({ variant, reason }) => finding('leak', `${labelOf(run, variant)} leaks. ${reason}`)),
    ...(seen.length > 0
      ? [
          finding(
            'heap-partly-seen',
            `The flame of the live heap knows the functions of ${share(mean(seen))} of the bytes; the rest was there before, or was not seen.`,
          ),
        ]
      : []),
  ]
}

const labelOf = ({ plan }: RunRecord, variant: string): string =>
  plan.variants.find(({ id }) => id === variant)?.label ?? variant

/** Live bytes over the requests served until then. */
function seriesOf(capture: Capture | undefined): Series[] {
  const live = capture?.slices.heapUsed
  if (!capture || !live) return []
  let served = 0
  const points = live.flatMap((bytes, row) => {
    served += capture.slices.requests[row] ?? 0
    return isMeasured(bytes) ? [{ x: served, y: bytes }] : []
  })
  return [{ x: points.map(({ x }) => x), y: points.map(({ y }) => y) }]
}

/**
 * Readings within a launch may hang together, which makes an interval from them too narrow; one from the slopes of whole
 * launches does not mind, but needs several. The wider of both ends is given.
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
  const price = [
    ...((stopped ?? 0) >= STOPPED ? [`collecting stopped the loop for ${share(stopped!)} of its time`] : []),
    ...((allocatedChange?.low ?? 0) > 0 && allocatedChange!.estimate >= MORE
      ? [`that is ${magnitude(allocatedChange!.estimate)} more than the baseline`]
      : []),
  ]
  if (price.length === 0) return { verdict: 'neither', reason: `${stays}.` }
  const goes =
    allocated === null ? 'What is allocated goes again' : `${bytes(allocated)} a request come and go`
  return { verdict: 'churn', reason: `${goes}: ${price.join(', and ')}.` }
}

const bytes = (count: number): string => value(count, 'bytes')

function allocatedOf(launches: LaunchRecord[]): number | null {
  const all = measured(launches.map(allocatedPerRequest))
  return all.length > 0 ? mean(all) : null
}

/** Over the slices in which the agents were asked. */
function allocatedPerRequest(launch: LaunchRecord): number | null {
  const { allocated, requests } = launch.timed
  const asked = allocated.flatMap((bytes, row) => (bytes === null ? [] : [requests[row] ?? 0]))
  const [bytes, served] = [sumOf([launch], 'allocated'), asked.reduce((sum, count) => sum + count, 0)]
  return bytes > 0 && served > 0 ? bytes / served : null
}

/** Paired by round, as metrics are. */
function allocatedChange({ plan, rounds }: RunRecord, variant: string): Change | null {
  const excluded = excludedRounds(rounds)
  const logs = rounds
    .filter(({ index }) => !excluded.has(index))
    .flatMap(({ launches }) => {
      const [before, after] = [plan.baseline, variant].map(id => {
        const launch = launches.find(each => each.variant === id)
        return launch ? allocatedPerRequest(launch) : null
      })
      return before && after ? [Math.log(after / before)] : []
    })
  const centre = centreOf(logs)
  return centre && changeOf(intervalOf(centre, (1 - CONFIDENCE) / 2))
}

function stoppedShare(launches: LaunchRecord[]): number | null {
  const [paused, busy] = [sumOf(launches, 'gcPause'), sumOf(launches, 'loopActive')]
  return busy > 0 ? paused / busy : null
}

/** By self, which is where bytes are allocated: those that stay, or of churn all. */
function framesOf(launches: LaunchRecord[], verdict: LeakVerdict['verdict']): LeakVerdict['frames'] {
  const captures = launches.flatMap(({ captures }) => {
    const capture = captures[verdict === 'churn' ? 'allocation' : 'heap']
    return capture?.profile ? [{ ...capture, profile: capture.profile }] : []
  })
  const requests = captures.reduce(
    (sum, { slices }) => sum + measured(slices.requests).reduce((total, count) => total + count, 0),
    0,
  )
  if (verdict === 'neither' || requests === 0) return []
  const tree = buildCallTree(captures.map(({ profile }) => decodePprof(Buffer.from(profile, 'base64'))))
  const { self } = functionTable(tree)
  const root = commonRoot(tree.frames.map(({ file }) => file))
  return tree.frames
    .map(({ name, file, line, column }, at) => ({
      function: shownName(name, line, column),
      file: shownPath(file, root),
      line,
      category: categoryOf(name, file, line),
      bytes: self.reduce((sum, column) => sum + column[at]!, 0) / requests,
    }))
    .filter(frame => frame.bytes > 0 && frame.function !== '(no stack known)')
    .toSorted((a, b) => b.bytes - a.bytes)
    .slice(0, MOST_FRAMES)
}
