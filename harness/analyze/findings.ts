/** What the reader must know before believing a run's figures. */
import { type Code, type Detector, finding } from '../findings/catalogue.ts'
import type { Finding } from '../model/finding.ts'
import type { Metric } from '../model/metric.ts'
import type { LaunchRecord, RunRecord } from '../model/record.ts'
import { measured } from '../stats/describe.ts'
import { counted, precise, share } from '../words/numbers.ts'
import { ANSWER_DETECTORS } from './answers.ts'
import { disturbance, excludedRounds, isSettled } from './exclusion.ts'
import { LOAD_DETECTORS } from './load-findings.ts'
import { launchesOf, typicalRatio } from './totals.ts'

/** Fewer cannot tell a change from the luck of a launch. */
const ENOUGH_ROUNDS = 4

/** Share of wall time spent waiting for a processor that is worth a word. */
const DISTURBED = 0.1

/** Share of the targets' processors' time that the host takes, likewise. */
const STOLEN = 0.01

/** Share of its time on a processor below which a service under closed-loop load waits for its client. */
const IDLE = 0.5

/** Largest step of the CPU counter, as a share of a slice, that a comparison of slices survives. */
const COARSE = 0.01

const DETECTORS: Partial<Record<Code, Detector>> = {
  'few-rounds': ({ rounds, plan }) => {
    if (rounds.length >= ENOUGH_ROUNDS) return null
    const message = `${counted(rounds.length, 'round')}: too few to tell a change from the luck of a launch.`
    const meant = plan.quick && rounds.length >= plan.rounds.max
    return { message, severity: meant ? 'info' : 'warning' }
  },
  'not-settled': run =>
    onLaunches(run, launch => !isSettled(launch), 'had not reached steady state when it was measured'),
  'rounds-left-out': ({ rounds }) => {
    const excluded = [...excludedRounds(rounds)]
    return excluded.length > 0
      ? `Left out of the comparison by the rule for unsettled and disturbed launches: ${excluded.length} of ${counted(rounds.length, 'round')} (${excluded.join(', ')}).`
      : null
  },
  disturbed: run => {
    const worst = Math.max(0, ...launchesOf(run).map(launch => disturbance(launch) ?? 0))
    return worst > DISTURBED
      ? `Something else ran on the targets' processors: one launch waited for a processor ${share(worst)} of the time.`
      : null
  },
  steal: run => {
    const worst = Math.max(0, ...launchesOf(run).map(({ steal }) => steal ?? 0))
    return worst > STOLEN
      ? `The host took up to ${share(worst)} of the targets' processors' time in a round.`
      : null
  },
  ...LOAD_DETECTORS,
  ...ANSWER_DETECTORS,
  'target-not-saturated': run => {
    const busy = typicalRatio(launchesOf(run), 'mainCpu', 'wall')
    return busy !== null && busy < IDLE && run.plan.load.engine === 'closed'
      ? `The service's main thread was on a processor ${share(busy)} of the time only: the closed loop waits for its client.`
      : null
  },
  'different-bytes': ({ plan, ...run }) => {
    const sizes = plan.variants.flatMap(({ id, label }) => {
      const bytes = typicalRatio(launchesOf({ plan, ...run }, id), 'bytes', 'requests')
      return bytes === null ? [] : [{ label, bytes }]
    })
    const all = sizes.map(({ bytes }) => bytes)
    // A date or a counter in an answer may cost a byte now and then.
    return Math.max(...all) - Math.min(...all) >= 1
      ? `Bytes per answer differ: ${sizes.map(({ label, bytes }) => `${label} ${precise(bytes, 'bytes')}`).join(', ')}.`
      : null
  },
  'pinning-unavailable': ({ plan }) =>
    plan.pinning
      ? null
      : 'Processes are not pinned: the load generator and the service compete for processors.',
  'clock-coarse': run => {
    const step = Math.max(0, ...launchesOf(run).map(coarseness))
    return step > COARSE
      ? `The CPU counter moves in steps of ${share(step)} of a slice: single slices cannot be compared.`
      : null
  },
}

/** What was noticed while measuring, then what the record shows, in the catalogue's order. */
export function findings(run: RunRecord, metrics: Metric[]): Finding[] {
  const noticed = new Set(run.findings.map(({ code }) => code))
  const detected = Object.entries(DETECTORS).flatMap(([code, detect]) => {
    const seen = run.rounds.length === 0 || noticed.has(code) ? null : detect(run, metrics)
    return seen === null ? [] : [finding(code as Code, seen)]
  })
  return [...run.findings, ...detected]
}

/** Largest unit that all readings are multiples of, over the typical reading: 1 ms ticks show in 25 ms slices. */
function coarseness({ timed }: LaunchRecord): number {
  const readings = measured(timed.cpu).filter(value => value > 0)
  if (readings.length < 4) return 0
  return readings.reduce(greatestCommonDivisor) / Math.max(...readings)
}

const greatestCommonDivisor = (a: number, b: number): number =>
  b === 0 ? a : greatestCommonDivisor(b, Math.round(a) % Math.round(b))

function onLaunches(run: RunRecord, is: (launch: LaunchRecord) => boolean, what: string): string | null {
  const counts = run.plan.variants.flatMap(({ id, label }) => {
    const own = launchesOf(run, id)
    const found = own.filter(is).length
    return found > 0 ? [`${found} of ${counted(own.length, 'launch', 'launches')} of ${label}`] : []
  })
  return counts.length > 0 ? `${counts.join(', ')} ${what}.` : null
}
