/** What readers must know before they trust the numbers. */
import { type Detectors, detect } from '../findings/index.ts'
import type { Evidence, Sample } from '../model/evidence.ts'
import type { Finding } from '../model/finding.ts'
import type { Metric } from '../model/metric.ts'
import { typicalRatio } from '../stats/columns.ts'
import { measured } from '../stats/describe.ts'
import { counted, precise, share } from '../words/numbers.ts'
import { ANSWER_DETECTORS } from './answers.ts'
import { disturbance, excludedSamples, isSettled } from './exclusion.ts'
import { isPaced, LOAD_DETECTORS } from './load-findings.ts'
import { ORDER_DETECTORS } from './order-effect.ts'
import { listed, samplesOf, unitsOf } from './samples.ts'
import { SCHEDULER_DETECTORS } from './scheduler-findings.ts'
import { WAITING_DETECTORS } from './waiting-findings.ts'

/** Fewer rounds cannot tell a change from a lucky launch. */
const ENOUGH_ROUNDS = 4

/** Share of wall time spent waiting for a processor that is worth a finding. */
const DISTURBED = 0.1

/** Share of the targets' processor time taken by the host that is worth a finding. */
const STOLEN = 0.01

/** A service in a closed loop that uses a smaller share of a processor waits for its client. */
const IDLE = 0.5

/** Largest step of the CPU counter, as a share of a slice, that a comparison of slices survives. */
const COARSE = 0.01

const DETECTORS: Detectors<[evidence: Evidence, metrics: Metric[]]> = {
  'few-rounds': evidence => {
    const rounds = roundsOf(evidence)
    if (rounds >= ENOUGH_ROUNDS) return null
    const message = `${counted(rounds, 'round')}: too few to tell a change from a lucky launch.`
    const meant = evidence.plan?.quick && rounds >= evidence.plan.rounds.max
    return { message, severity: meant ? 'info' : 'warning' }
  },
  'not-settled': evidence => {
    const unsettled = listed(evidence, (launches, label) => {
      const found = launches.filter(launch => !isSettled(launch)).length
      return found > 0 ? `${found} of ${counted(launches.length, 'launch', 'launches')} of ${label}` : null
    })
    return unsettled && `${unsettled} had not reached steady state when it was measured.`
  },
  'cpu-not-settled': evidence => {
    const unsettled = listed(evidence, (launches, label) => {
      const found = launches.filter(({ warmup }) => warmup?.settled === false && warmup.latencySettled).length
      return found > 0 ? `${found} of ${counted(launches.length, 'launch', 'launches')} of ${label}` : null
    })
    return (
      unsettled &&
      `CPU per request had not reached steady state in ${unsettled}. They mostly wait, and their latency was steady.`
    )
  },
  'rounds-left-out': evidence => {
    const excluded = [...new Set([...excludedSamples(evidence)].map(({ round }) => round))]
    if (excluded.length === 0) return null
    return `Left out of the comparison by the rule for unsettled and disturbed launches: ${excluded.length} of ${counted(roundsOf(evidence), 'round')} (${excluded.join(', ')}).`
  },
  disturbed: evidence => {
    const worst = Math.max(0, ...evidence.samples.map(sample => disturbance(sample) ?? 0))
    if (worst <= DISTURBED) return null
    return `Something else ran on the targets' processors: one launch waited for a processor ${share(worst)} of the time.`
  },
  steal: evidence => {
    const worst = Math.max(0, ...evidence.samples.map(({ steal }) => steal ?? 0))
    if (worst <= STOLEN) return null
    return `The host took up to ${share(worst)} of the targets' processors' time in a round.`
  },
  ...LOAD_DETECTORS,
  ...ANSWER_DETECTORS,
  ...WAITING_DETECTORS,
  ...ORDER_DETECTORS,
  ...SCHEDULER_DETECTORS,
  'target-not-saturated': evidence => {
    const busy = typicalRatio(evidence.samples, 'mainCpu', 'wall')
    if (busy === null || busy >= IDLE || isPaced(evidence)) return null
    return `The service's main thread was on a processor only ${share(busy)} of the time. It waits, so throughput in a closed loop is just the number of connections divided by the latency.`
  },
  'different-bytes': evidence => {
    const sizes = evidence.subjects.flatMap(({ id, label }) => {
      const bytes = typicalRatio(samplesOf(evidence, id), 'bytes', 'requests')
      return bytes === null ? [] : [{ label, bytes }]
    })
    const all = sizes.map(({ bytes }) => bytes)
    // A date or a counter in an answer can make it a byte longer now and then.
    if (Math.max(...all) - Math.min(...all) < 1) return null
    return `Bytes per answer differ: ${sizes.map(({ label, bytes }) => `${label} ${precise(bytes, 'bytes')}`).join(', ')}.`
  },
  'pinning-unavailable': ({ plan }) =>
    !plan || plan.pinning
      ? null
      : 'Processes are not pinned: the load generator and the service compete for processors.',
  'clock-coarse': evidence => {
    const step = Math.max(0, ...evidence.samples.map(coarseness))
    if (step <= COARSE) return null
    return `The CPU counter moves in steps of ${share(step)} of a slice: single slices cannot be compared.`
  },
}

/** Findings from measuring, then those that the samples show. */
export function findings(evidence: Evidence, metrics: Metric[]): Finding[] {
  const noticed = new Set(evidence.findings.map(({ code }) => code))
  const detected = evidence.samples.length === 0 ? [] : detect(DETECTORS, evidence, metrics)
  return [...evidence.findings, ...detected.filter(({ code }) => !noticed.has(code))]
}

/** How often the side that was measured least often was measured. */
const roundsOf = (evidence: Evidence): number =>
  evidence.pairing === 'rounds'
    ? unitsOf(evidence).length
    : Math.min(...evidence.subjects.map(({ id }) => samplesOf(evidence, id).length))

/** The largest unit that divides all readings, as a share of the largest reading: ticks of 1 ms show in slices of 25 ms. */
function coarseness({ columns }: Sample): number {
  const readings = measured(columns.cpu ?? [])
    .map(Math.round)
    .filter(value => value > 0)
  if (readings.length < 4) return 0
  return readings.reduce(greatestCommonDivisor) / Math.max(...readings)
}

const greatestCommonDivisor = (a: number, b: number): number =>
  b === 0 ? a : greatestCommonDivisor(b, a % b)
