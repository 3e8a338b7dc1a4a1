/** The watchdog over the load: whether what was measured is the service's or the load generator's own. */
import type { Code, Detector } from '../findings/catalogue.ts'
import type { Finding } from '../model/finding.ts'
import { MOST_IN_FLIGHT } from '../model/load.ts'
import type { Metric } from '../model/metric.ts'
import type { LaunchRecord, RunRecord, Trial } from '../model/record.ts'
import { median } from '../stats/describe.ts'
import { decodeHistogram, mergeHistograms, percentile } from '../stats/histogram.ts'
import { share, value } from '../words/numbers.ts'
import { launchesOf, sumOf, typical, typicalRatio } from './totals.ts'

/** Share of its time that the generator is busy, from which throughput and latency belong to it. */
const SATURATED = 0.9

/** µs that one request in a hundred may be sent late, or that share of the typical latency if it is more. */
const LATE = 1_000
const LATE_SHARE = 0.1

/** µs, or a share of p99 if it is more, that p99 may be off by the generator's not looking. */
const UNSURE = 50
const UNSURE_SHARE = 0.02

/** Share of the requested rate that has to be answered in time, and the standard deviations of a Poisson process below that. */
const REACHED = 0.95
const LUCK = 2

/** A longest answer of so many times the 99th percentile, and of so many µs, is a stall. */
const STALL_RATIO = 10
const STALL = 100_000

/** Shares of the requests from which on connections that were closed are worth a word. */
const RENEWED = 0.005
const RESENT = 0.001

export const LOAD_DETECTORS = {
  'loader-saturated': (run, metrics) => {
    const busy = loaderBusy(run)
    const message = `The load generator was busy ${share(busy)} of the time: throughput and latency show its limit, not the service's, so they are not compared.`
    return busy > SATURATED ? { message, severity: severityOf(run, metrics, 'info') } : null
  },
  'loader-late': (run, metrics) => {
    const late = lateness(run)
    if (!late || late.p99 <= late.limit) return null
    const message =
      late.p50 === undefined
        ? `At the rate that passed the limit, one request in a hundred was sent ${value(late.p99, 'µs')} late or later: that rate may be the generator's own limit.`
        : `Requests were sent late, by ${value(late.p50, 'µs')} in the middle and ${value(late.p99, 'µs')} at the 99th percentile: latency holds the generator's own delay, so it is not compared.`
    return { message, severity: severityOf(run, metrics, 'warning') }
  },
  'loader-interrupted': run => {
    // A closed loop is not for latency, and at saturation it is hardly ever so sure.
    if (run.plan.load.engine === 'closed') return null
    const whole = (encoded: string[]) => mergeHistograms(encoded.map(decodeHistogram))
    const unsure = percentile(whole(launchesOf(run).flatMap(({ unsure = [] }) => unsure)), 99) ?? 0
    const p99 = percentile(whole(launchesOf(run).flatMap(({ latency }) => latency)), 99) ?? 0
    return unsure > Math.max(UNSURE, UNSURE_SHARE * p99)
      ? `The load generator was not always running when an answer came: one in a hundred may have taken ${value(unsure, 'µs')} longer than is counted, or more (the 99th percentile is ${value(p99, 'µs')}).`
      : null
  },
  'shared-processor': run => {
    const shared = [...new Set(launchesOf(run).flatMap(({ sharedProcessors = [] }) => sharedProcessors))]
    return shared.length > 0
      ? `The load generator and the service were free to run on the same processors (${shared.join(', ')}).`
      : null
  },
  'rate-chosen': run => {
    const { rate = 0, capacity = 0, limit } = launchesOf(run)[0]?.pace ?? {}
    if (!limit || capacity === 0) return null
    const part = `${share(rate / capacity)} of the ${value(capacity, '1/s')} that the baseline handles in a closed loop`
    return limit === 'generator'
      ? `Requests were sent at ${value(rate, '1/s')}, a rate that the load generator can keep up with. That is ${part}.`
      : `Requests were sent at ${value(rate, '1/s')}, ${part}.`
  },
  'rate-not-reached': run => {
    const [worst] = launchesOf(run)
      .flatMap(launch => (launch.pace ? [{ launch, answered: reached(launch) / launch.pace.rate }] : []))
      .filter(({ launch, answered }) => answered < REACHED - LUCK / Math.sqrt(launch.pace!.arrivals))
      .toSorted((a, b) => a.answered - b.answered)
    return worst
      ? `${worst.launch.variant} answered ${share(worst.answered)} of the ${Math.round(worst.launch.pace!.rate)} requests per second that were asked for.`
      : null
  },
  'arrivals-dropped': run => {
    const paces = launchesOf(run).flatMap(({ pace }) => pace ?? [])
    const dropped = paces.reduce((sum, pace) => sum + pace.dropped, 0)
    const arrivals = paces.reduce((sum, pace) => sum + pace.arrivals, 0)
    const most = Math.max(...paces.map(({ inFlight = 0 }) => inFlight))
    return dropped > 0
      ? `${dropped} of ${arrivals} arrivals were not sent, because ${most > 0 ? `${most} were` : 'too many requests were'} in flight.`
      : null
  },
  'few-descriptors': run => {
    const most = launchesOf(run).flatMap(({ pace }) => pace?.inFlight ?? [])
    const fewest = Math.min(...most)
    return fewest < (run.plan.load.inFlight ?? MOST_IN_FLIGHT)
      ? `No more than ${fewest} connections to each variant could be open: the load generator may not have more open files.`
      : null
  },
  'connections-not-kept': run => {
    const shares = run.plan.variants.flatMap(({ id, label }) => {
      const launches = launchesOf(run, id)
      const renewed = launches.reduce((sum, launch) => sum + (launch.renewed?.connections ?? 0), 0)
      const part = renewed / Math.max(1, sumOf(launches, 'requests'))
      return part > RENEWED ? [`${label} ${share(part)}`] : []
    })
    return shares.length > 0
      ? `Requests that needed a new connection, because the service had closed the one before: ${shares.join(', ')}.`
      : null
  },
  'requests-resent': run => {
    const counts = run.plan.variants.flatMap(({ id, label }) => {
      const launches = launchesOf(run, id)
      const resent = launches.reduce((sum, launch) => sum + (launch.renewed?.requests ?? 0), 0)
      return resent > RESENT * sumOf(launches, 'requests') ? [`${label} ${resent}`] : []
    })
    return counts.length > 0
      ? `Requests that were sent a second time, because their connection was closed before any byte of an answer had come: ${counts.join(', ')}.`
      : null
  },
  'closed-loop-stalls': run => {
    if (run.plan.load.engine !== 'closed') return null
    const whole = mergeHistograms(launchesOf(run).flatMap(({ latency }) => latency.map(decodeHistogram)))
    const [p99, longest] = [percentile(whole, 99) ?? 0, percentile(whole, 100) ?? 0]
    return longest > STALL && longest > STALL_RATIO * p99
      ? `One answer took ${value(longest, 'µs')}, and p99 is ${value(p99, 'µs')}: a closed loop sends nothing while it waits, so those who would have come during the stall are missing.`
      : null
  },
} as const satisfies Partial<Record<Code, Detector>>

/** Losing what the load generator saw is as serious as the gates that need it. A quick run does not gate. */
function severityOf(
  { plan }: RunRecord,
  metrics: Metric[],
  ungated: Finding['severity'],
): Finding['severity'] {
  const seen = new Set(metrics.filter(({ seenByLoader }) => seenByLoader).map(({ id }) => id))
  const lost = plan.gates.filter(({ metric }) => seen.has(metric))
  if (lost.length === 0) return ungated
  return plan.quick || lost.every(({ level }) => level === 'warn') ? 'warning' : 'error'
}

/** Whether what the load generator saw is about itself. */
export const loaderLimited = (run: RunRecord): boolean => {
  const late = lateness(run)
  return loaderBusy(run) > SATURATED || (late !== null && late.p99 > late.limit)
}

/** Its event loop's utilisation, or its CPU time where garbage collection takes more than the loop knows. */
function loaderBusy(run: RunRecord): number {
  const launches = launchesOf(run)
  const trials = decisive(run).flatMap(({ busy }) => busy ?? [])
  return Math.max(
    trials.length > 0 ? median(trials) : 0,
    typical(launches, 'loaderUtilization') ?? 0,
    typicalRatio(launches, 'loaderCpu', 'wall') ?? 0,
  )
}

/** How late the open loop sent, in µs, and how late it may be; `null` of a closed one. */
function lateness(run: RunRecord): { p50?: number; p99: number; limit: number } | null {
  const trials = decisive(run).flatMap(({ late }) => late ?? [])
  if (trials.length > 0) {
    const limit = Math.max(LATE, LATE_SHARE * (run.plan.capacity?.limit ?? 0))
    return { p99: median(trials), limit }
  }
  const paced = launchesOf(run).filter(({ pace }) => pace)
  const late = mergeHistograms(paced.map(({ pace }) => decodeHistogram(pace!.sendError)))
  if (late.totalCount === 0) return null
  const latency = mergeHistograms(paced.flatMap(launch => launch.latency.map(decodeHistogram)))
  return {
    p50: percentile(late, 50)!,
    p99: percentile(late, 99)!,
    limit: Math.max(LATE, LATE_SHARE * (percentile(latency, 50) ?? 0)),
  }
}

/** Of each search for a capacity: the trial at the lowest rate that failed, which is the one that bounds it. */
const decisive = (run: RunRecord): Trial[] =>
  launchesOf(run).flatMap(({ capacity }) => {
    const failed = capacity?.trials.filter(({ passed }) => !passed) ?? []
    return failed.toSorted((a, b) => a.rate - b.rate)[0] ?? []
  })

/** Requests per second that were answered, from the first arrival to when the last answer would have come without a queue. */
function reached({ timed, latency }: LaunchRecord): number {
  const total = (column: (number | null)[]) => column.reduce<number>((sum, value) => sum + (value ?? 0), 0)
  const shortest = percentile(mergeHistograms(latency.map(decodeHistogram)), 0) ?? 0
  const time = total(timed.wall) - timed.wall.length * shortest * 1_000
  return (total(timed.requests) * 1e9) / Math.max(1, time)
}
