/**
 * How small a change a gate can see on this machine: from the spread of real rounds and the boundaries that real gates
 * are held to. Pure.
 */
import { levelsOf } from '../../judge/levels.ts'
import { smallestSeen } from '../../judge/outlook.ts'
import type { Comparison } from '../../model/comparison.ts'
import type { Report } from '../../model/report.ts'
import { type Centre, centreOf, fractionOf, symmetricCentreOf } from '../../stats/centre.ts'
import { shareOf } from '../../stats/decision.ts'
import { mean, measured } from '../../stats/describe.ts'

/** Metrics that people gate on; the boundaries are those of a run that gates on all of them. */
const GATED = ['cpu.perRequest', 'latency.p99', 'throughput']

/** The share of runs that may raise a false alarm, over all gates and looks of a run. */
export const FALSE_ALARMS = 0.01

export interface Sight {
  metric: string
  title: string
  /** Time to measure. */
  seconds: number
  /** Rounds that fit into this time. */
  rounds: number
  /**
   * The smallest change for the worse, as a fraction, that such a run calls a regression in four cases of five; `null`
   * when there are too few rounds to call any.
   */
  change: number | null
}

/**
 * How far off the sight may be, as a fraction: the standard error of a standard deviation, 1/√(2 × degrees of freedom).
 * `null` when the spread is unknown.
 */
export function sightError(reports: Report[]): number | null {
  const degrees = centresOf(GATED[0]!, reports).reduce((sum, centre) => sum + centre.degrees, 0)
  return degrees > 0 ? 1 / Math.sqrt(2 * degrees) : null
}

/** One entry per metric that was measured. The spread is pooled over the reports, which compare the same service. */
export function sightIn(seconds: number, reports: Report[]): Sight[] {
  const rounds = Math.floor((seconds * 1_000) / roundTime(reports))
  return GATED.flatMap(metric => {
    const [first] = comparisonsOf(metric, reports)
    const centres = centresOf(metric, reports)
    if (!first || centres.length === 0) return []
    const seen = smallestIn(rounds, centres)
    const change = seen === null ? null : fractionOf(first.better === 'lower' ? seen : -seen)
    return [{ metric, title: first.title, seconds, rounds, change }]
  })
}

const comparisonsOf = (metric: string, reports: Report[]): Comparison[] =>
  reports.flatMap(({ analysis }) => analysis.comparisons.filter(comparison => comparison.metric === metric))

const centresOf = (metric: string, reports: Report[]): Centre[] =>
  comparisonsOf(metric, reports).flatMap(({ ratios }) => centreOf(measured(ratios)) ?? [])

/** A log-ratio. */
function smallestIn(rounds: number, centres: Centre[]): number | null {
  const levels = shareOf(levelsOf(true, rounds), 1 / GATED.length)
  const ideal = symmetricCentreOf(new Array(rounds).fill(0))
  if (!ideal) return null
  const variance = mean(centres.map(({ error, count }) => error ** 2 * count))
  const centre = { ...ideal, error: Math.sqrt(variance / rounds) }
  return smallestSeen(centre, 0, levels)
}

/** Milliseconds. */
function roundTime(reports: Report[]): number {
  const rounds = reports.reduce((sum, { run }) => sum + run.rounds.length, 0)
  return reports.reduce((sum, { run }) => sum + run.duration, 0) / Math.max(1, rounds)
}
