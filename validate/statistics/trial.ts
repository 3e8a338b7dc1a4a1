/** One pseudo-experiment: rounds are drawn one by one, and the code for real runs judges every look at them. */
import { compare } from '../../harness/analyze/compare.ts'
import { judgeComparisons, type Look } from '../../harness/judge/index.ts'
import type { Comparison } from '../../harness/model/comparison.ts'
import type { Metric } from '../../harness/model/metric.ts'
import type { Verdict } from '../../harness/model/report.ts'

/** Seconds of one round on the machine of the targets, where nothing else runs: 9 rounds in a minute. */
const ROUND_SECONDS = 60 / 9

/** The last round that begins must end in time. */
export const roundsIn = (seconds: number, roundSeconds = ROUND_SECONDS): number =>
  Math.max(1, Math.floor(seconds / roundSeconds))

/** One log-ratio per gate; `null` where it was not measured. */
export type Round = readonly (number | null)[]

/** In the unit of the values that are compared with it. */
const LIMIT = 100

/** A run's verdict, and the rounds that it took. */
export interface Ending {
  verdict: Verdict
  rounds: number
}

export interface Course {
  gates: number
  /** For gates on a change. Without it they compare the variant's own values with a limit, and draws say how far above it. */
  margin?: number
  /** The improvement that gates expect, as a fraction. */
  expect?: number
  /** Ascending numbers of rounds at which time is up, one for each run. */
  horizons: readonly number[]
}

/** Plays a run with each of the horizons on the same rounds. They share all looks but the last one. */
export function play(draw: () => Round, { gates, margin, expect, horizons }: Course): Ending[] {
  const longest = horizons.at(-1)!
  const plan = planFor(gates, margin, expect)
  const columns = Array.from({ length: gates }, () => [] as (number | null)[])
  const endings: Ending[] = []
  for (let rounds = 1; rounds <= longest; rounds++) {
    const round = draw()
    for (let gate = 0; gate < gates; gate++) columns[gate]!.push(round[gate]!)
    if (rounds < plan.rounds.min && !horizons.includes(rounds)) continue
    const comparisons = columns.map((draws, gate) => comparisonOf(draws, gate, margin ?? expect))
    const look = (last: boolean) =>
      judgeComparisons(comparisons, { ...SIDES, plan, rounds, last, roundTime: ROUND_SECONDS * 1000 })
    if (horizons.includes(rounds)) endings.push({ verdict: look(true), rounds })
    const early = rounds < longest ? look(false) : null
    if (early?.decided) {
      while (endings.length < horizons.length) endings.push({ verdict: early, rounds })
      break
    }
  }
  return endings
}

const SIDES = { subjects: ['before', 'after'].map(id => ({ id, label: id })), baseline: 'before' }

const METRICS = Array.from(
  { length: 12 },
  (_, index): Metric => ({
    id: `metric.${index}`,
    title: `Metric ${index}`,
    unit: 'µs',
    family: 'processor',
    better: 'lower',
    order: index,
    measure: () => null,
  }),
)

/** Each side's own values play no part in a gate on a change. */
const ONE = [1]

function comparisonOf(draws: (number | null)[], gate: number, relative?: number): Comparison {
  const limited = () => draws.map(draw => (draw === null ? null : LIMIT * (1 + draw)))
  const after = relative === undefined ? limited() : ONE
  return compare(METRICS[gate]!, 'after', 'before', { ratios: draws, before: ONE, after }, METRICS.length)
}

/** The same for every trial of a course. */
const plans = new Map<string, Look['plan']>()

function planFor(gates: number, margin?: number, expect?: number): Look['plan'] {
  const threshold = margin === undefined && expect === undefined ? { max: LIMIT } : { margin, expect }
  const key = `${gates}/${margin}/${expect}`
  const known = plans.get(key) ?? {
    gates: METRICS.slice(0, gates).map(({ id }) => ({ metric: id, ...threshold, level: 'error' as const })),
    rounds: { min: 4, max: Number.POSITIVE_INFINITY },
    quick: false,
  }
  plans.set(key, known)
  return known
}
