/** Findings about the load: were the service's limits measured, or the load generator's? */
import type { Detectors } from '../findings/index.ts'
import type { Evidence, Sample } from '../model/evidence.ts'
import type { Finding } from '../model/finding.ts'
import type { Trial } from '../model/launch.ts'
import { MOST_IN_FLIGHT } from '../model/load.ts'
import type { Metric } from '../model/metric.ts'
import { sumOf, sumOfColumn, typical, typicalRatio } from '../stats/columns.ts'
import { median, sum } from '../stats/describe.ts'
import { decodeHistogram, mergeHistograms, percentile } from '../stats/histogram.ts'
import { share, value } from '../words/numbers.ts'
import { listed } from './samples.ts'

/** From this share of busy time on, throughput and latency are the generator's own. */
const SATURATED = 0.9

/** From this share on, fewer requests are in flight than the scenario asks for. */
const IDLE = 0.25

/** At p99, a request may be sent this many µs late, or this share of the median latency, whichever is larger. */
const LATE = 1_000
const LATE_SHARE = 0.1

/** Share of requests without a latency from which on the rest is not a fair sample, and from which on it is worth mentioning. */
const LEFT_OUT = 0.5
const SOME_LEFT_OUT = 0.01

/** p99 may be off by this many µs, or by this share of itself, because the generator was not running. */
const UNSURE = 50
const UNSURE_SHARE = 0.02

/** Share of the requested rate that must be answered, minus `LUCK` standard deviations of a Poisson count. */
const REACHED = 0.95
const LUCK = 2

/** The longest answer shows a stall when it took this many times p99, and this many µs. */
const STALL_RATIO = 10
const STALL = 100_000

/** Shares of the requests from which on closed connections are worth a finding. */
const RENEWED = 0.005
const RESENT = 0.001

export const LOAD_DETECTORS: Detectors<[evidence: Evidence, metrics: Metric[]]> = {
  'loader-saturated': (evidence, metrics) => {
    const busy = loaderBusy(evidence)
    const message = `The load generator was busy ${share(busy)} of the time: throughput and latency show its limit, not the service's, so they are not compared.`
    return busy > SATURATED ? { message, severity: severityOf(evidence, metrics, 'info') } : null
  },
  'loader-late': (evidence, metrics) => {
    const late = lateness(evidence)
    if (!late?.isTooMuch) return null
    return { message: latenessText(late), severity: severityOf(evidence, metrics, 'warning') }
  },
  'loader-idle': evidence => {
    const idle = typical(evidence.samples, 'loaderIdle') ?? 0
    if (idle < IDLE) return null
    return `In ${share(idle)} of a slice, the average worker had nothing to send: fewer requests were in flight than there are connections.`
  },
  'latencies-left-out': evidence => {
    const part = leftOutShare(evidence)
    if (part === null || part < SOME_LEFT_OUT || part > LEFT_OUT) return null
    return `The load generator was late with ${share(part)} of the requests. These are in no latency.`
  },
  'loader-interrupted': evidence => {
    // A closed loop is not meant for latency, and at saturation its times are rarely this precise.
    if (!isPaced(evidence)) return null
    const unsure =
      percentile(merged(evidence.samples.flatMap(({ histograms }) => histograms.unsure ?? [])), 99) ?? 0
    const p99 = percentile(latencyOf(evidence.samples), 99) ?? 0
    if (unsure <= Math.max(UNSURE, UNSURE_SHARE * p99)) return null
    return `The load generator was sometimes busy when an answer arrived: for 1 % of answers, the true latency may be ${value(unsure, 'µs')} or more away from the reported one (p99 is ${value(p99, 'µs')}).`
  },
  'shared-processor': evidence => {
    const shared = [...new Set(evidence.samples.flatMap(({ sharedProcessors = [] }) => sharedProcessors))]
    if (shared.length === 0) return null
    return `The load generator and the service were free to run on the same processors (${shared.join(', ')}).`
  },
  'rate-chosen': evidence => {
    const { rate = 0, capacity = 0, limit } = evidence.samples[0]?.pace ?? {}
    if (!limit || capacity === 0) return null
    const part = `${share(rate / capacity)} of the ${value(capacity, '1/s')} that the baseline handles in a closed loop`
    return limit === 'generator'
      ? `Requests were sent at ${value(rate, '1/s')}, a rate that the load generator can keep up with. That is ${part}.`
      : `Requests were sent at ${value(rate, '1/s')}, ${part}.`
  },
  'rate-not-reached': evidence => {
    const [worst] = evidence.samples
      .flatMap(launch => (launch.pace ? [{ launch, answered: answeredRate(launch) / launch.pace.rate }] : []))
      .filter(({ launch, answered }) => answered < REACHED - LUCK / Math.sqrt(launch.pace!.arrivals))
      .toSorted((a, b) => a.answered - b.answered)
    if (!worst) return null
    return `${worst.launch.subject} answered ${share(worst.answered)} of the ${Math.round(worst.launch.pace!.rate)} requests per second that were asked for.`
  },
  'arrivals-dropped': evidence => {
    const paces = evidence.samples.flatMap(({ pace }) => pace ?? [])
    const dropped = sum(paces.map(pace => pace.dropped))
    const arrivals = sum(paces.map(pace => pace.arrivals))
    const most = Math.max(...paces.map(({ inFlight = 0 }) => inFlight))
    if (dropped === 0) return null
    return `${dropped} of ${arrivals} arrivals were not sent, because ${most > 0 ? most : 'too many requests'} were in flight.`
  },
  'few-descriptors': evidence => {
    const most = evidence.samples.flatMap(({ pace }) => pace?.inFlight ?? [])
    const fewest = Math.min(...most)
    if (fewest >= (evidence.plan?.load.inFlight ?? MOST_IN_FLIGHT)) return null
    return `The limit of open files allows the load generator ${fewest} connections to each variant at most.`
  },
  'connections-not-kept': evidence => {
    const shares = listed(evidence, (launches, label) => {
      const renewed = sum(launches.map(({ renewed }) => renewed?.connections ?? 0))
      const part = renewed / Math.max(1, sumOf(launches, 'requests'))
      return part > RENEWED ? `${label} ${share(part)}` : null
    })
    if (shares === null) return null
    return `Requests that needed a new connection, because the service had closed the one before: ${shares}.`
  },
  'requests-resent': evidence => {
    const counts = listed(evidence, (launches, label) => {
      const resent = sum(launches.map(({ renewed }) => renewed?.requests ?? 0))
      return resent > RESENT * sumOf(launches, 'requests') ? `${label} ${resent}` : null
    })
    if (counts === null) return null
    return `Requests that were sent a second time, because their connection was closed before the first byte of an answer: ${counts}.`
  },
  'closed-loop-stalls': evidence => {
    if (isPaced(evidence)) return null
    const whole = latencyOf(evidence.samples)
    const [p99, longest] = [percentile(whole, 99) ?? 0, percentile(whole, 100) ?? 0]
    if (longest <= Math.max(STALL, STALL_RATIO * p99)) return null
    return `One answer took ${value(longest, 'µs')}, and p99 is ${value(p99, 'µs')}: a closed loop sends nothing while it waits, so requests that would have come during the stall are missing.`
  },
}

/** An error if a failing gate needs the generator's numbers, a warning if only a gate that warns does, or the run is quick. */
function severityOf(
  { plan }: Evidence,
  metrics: Metric[],
  ungated: Finding['severity'],
): Finding['severity'] {
  const seen = new Set(metrics.filter(({ needs }) => needs?.includes('loader')).map(({ id }) => id))
  const lost = (plan?.gates ?? []).filter(({ metric }) => seen.has(metric))
  if (lost.length === 0) return ungated
  return plan?.quick || lost.every(({ level }) => level === 'warn') ? 'warning' : 'error'
}

/** Whether the generator's numbers show its own limits. */
export const loaderLimited = (evidence: Evidence): boolean => {
  const late = lateness(evidence)
  return loaderBusy(evidence) > SATURATED || late?.isTooMuch === true
}

/** Its event loop's utilisation, or its CPU time if that is more: the loop does not see garbage collection on other threads. */
function loaderBusy(evidence: Evidence): number {
  const launches = evidence.samples
  const trials = launches.flatMap(boundOf).flatMap(({ busy }) => busy ?? [])
  return Math.max(
    trials.length > 0 ? median(trials) : 0,
    typical(launches, 'loaderUtilization') ?? 0,
    typicalRatio(launches, 'loaderCpu', 'wall') ?? 0,
  )
}

/** How late the open loop was, and whether that spoils the latencies; `null` for a closed loop. */
interface Lateness {
  isTooMuch: boolean
  /** µs. A capacity search has no median. */
  p50?: number
  p99: number
  /** Share of requests that are in no latency. Absent in older records, which have them all. */
  leftOut?: number
}

function lateness(evidence: Evidence): Lateness | null {
  const trials = evidence.samples.flatMap(boundOf).flatMap(({ late }) => late ?? [])
  if (trials.length > 0) {
    const limit = Math.max(LATE, LATE_SHARE * (evidence.plan?.capacity?.limit ?? 0))
    return { isTooMuch: median(trials) > limit, p99: median(trials) }
  }
  const late = merged(evidence.samples.flatMap(({ histograms }) => histograms.sendError ?? []))
  if (late.totalCount === 0) return null
  const [p50, p99] = [percentile(late, 50)!, percentile(late, 99)!]
  const leftOut = leftOutShare(evidence)
  if (leftOut !== null) return { isTooMuch: leftOut > LEFT_OUT, p50, p99, leftOut }
  const latency = latencyOf(evidence.samples.filter(({ pace }) => pace))
  return { isTooMuch: p99 > Math.max(LATE, LATE_SHARE * (percentile(latency, 50) ?? 0)), p50, p99 }
}

function latenessText({ p50, p99, leftOut }: Lateness): string {
  if (p50 === undefined)
    return `At the rate that passed the limit, one request in a hundred was sent ${value(p99, 'µs')} late or later: that rate may be the generator's own limit.`
  const sent = `Requests were sent late (median ${value(p50, 'µs')}, p99 ${value(p99, 'µs')})`
  return leftOut === undefined
    ? `${sent}: latency includes the generator's own delay, so it is not compared.`
    : `${sent}. The load generator was late with ${share(leftOut)} of all requests, and the others are not a fair sample, so latency is not compared.`
}

/** Share of the requests that are in no latency, because the generator was late with them; `null` in older records. */
function leftOutShare({ samples }: Evidence): number | null {
  const counted = samples.filter(({ pace }) => pace?.leftOut !== undefined)
  if (counted.length === 0) return null
  const leftOut = sum(counted.map(({ pace }) => pace!.leftOut!))
  return leftOut / Math.max(1, leftOut + latencyOf(counted).totalCount)
}

/** The trial that bounds a capacity: the lowest rate that failed. None without a search, or where no rate failed. */
export function boundOf({ capacity }: Sample): Trial[] {
  const failed = capacity?.trials.filter(({ passed }) => !passed) ?? []
  return failed.toSorted((a, b) => a.rate - b.rate).slice(0, 1)
}

/** How many times the shortest latency the last answer of a slice can take without a queue. */
const LAST = 2

/** Requests per second that were answered, from the first arrival to when the last answer would have come without a queue. */
function answeredRate(sample: Sample): number {
  const { wall = [], requests } = sample.columns
  const shortest = percentile(latencyOf([sample]), 0) ?? 0
  const time = sumOfColumn(wall) - wall.length * LAST * shortest * 1_000
  return (sumOfColumn(requests) * 1e9) / Math.max(1, time)
}

const merged = (encoded: string[]) => mergeHistograms(encoded.map(decodeHistogram))

const latencyOf = (samples: Sample[]) => merged(samples.flatMap(({ histograms }) => histograms.latency ?? []))

/** Whether requests were sent at a given rate, however fast they were answered. */
export const isPaced = ({ samples }: Evidence): boolean =>
  samples.some(({ pace, capacity }) => pace || capacity)
