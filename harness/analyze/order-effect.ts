/** Whether it matters which variant a slice comes first for: what the first one fetched may still be in a cache. */
import type { Detectors } from '../findings/index.ts'
import type { Evidence, Sample } from '../model/evidence.ts'
import { cpuColumn } from '../scenario/needs.ts'
import { perRequest } from '../stats/columns.ts'
import { mean } from '../stats/describe.ts'
import { signedPercent } from '../words/numbers.ts'

/** Pairs of slices with each of the two in front that tell, how sure the effect must be (standard errors), and how large. */
const PAIRS = 20
const SCORE = 4
const EFFECT = 0.03

export const ORDER_DETECTORS: Detectors<[evidence: Evidence]> = {
  'order-matters': evidence => {
    const needs = (evidence.plan?.needs ?? []).filter(({ per }) => per !== 'variant')
    if (evidence.pairing !== 'rounds') return null
    const series = [
      { what: 'CPU', column: 'cpu' },
      ...needs.map(({ name }) => ({ what: `CPU of ${name}`, column: cpuColumn(name) })),
    ]
    const effects = series.flatMap(({ what, column }) => {
      const effect = effectOf(evidence, column)
      return effect === null ? [] : [`${signedPercent(Math.expm1(effect))} ${what} per request`]
    })
    if (effects.length === 0) return null
    return `Slices that came second cost ${effects.join(' and ')}, whichever variant they belonged to.`
  },
}

/** Logarithm of what the second slice of a pair costs in relation to the first; `null` where chance explains it, or it is small. */
function effectOf(evidence: Evidence, column: string): number | null {
  const [baseline, ...others] = evidence.subjects.map(({ id }) => id)
  for (const other of others) {
    const pairs = pairsOf(evidence, baseline!, other, column)
    const [ahead, behind] = [true, false].map(isAhead =>
      pairs.filter(pair => pair.isAhead === isAhead).map(({ ratio }) => ratio),
    )
    if (Math.min(ahead!.length, behind!.length) < PAIRS) continue
    // Half of each: the difference between the variants cancels.
    const effect = (mean(ahead!) + mean(behind!)) / 2
    const error = Math.hypot(errorOf(ahead!), errorOf(behind!)) / 2
    if (effect <= -EFFECT && effect <= -SCORE * error) return effect
  }
  return null
}

interface Pair {
  /** Whether the baseline's slice came first. */
  isAhead: boolean
  /** Logarithm of the second by the first. */
  ratio: number
}

/** Slices of two variants that followed each other. Those that were sent at the same time have no order. */
function pairsOf({ samples }: Evidence, baseline: string, other: string, column: string): Pair[] {
  const rounds = [...Map.groupBy(samples, ({ round }) => round).values()]
  return rounds.flatMap(own => {
    const [one, two] = [baseline, other].map(id => own.find(({ subject }) => subject === id))
    if (!one || !two) return []
    const [ofOne, ofTwo] = [one, two].map(sample => perRequest(sample, column) ?? [])
    return ofOne!.flatMap((cost, slice) => {
      const [first, second] = [one, two].toSorted((a, b) => startOf(a, slice) - startOf(b, slice))
      const isInTurn =
        startOf(second!, slice) >= startOf(first!, slice) + (first!.columns.wall?.[slice] ?? 0) / 1e6
      const beside = ofTwo![slice]
      if (!isInTurn || !cost || !beside) return []
      const isAhead = first === one
      return [{ isAhead, ratio: Math.log(isAhead ? beside / cost : cost / beside) }]
    })
  })
}

/** ms since the round began. */
const startOf = ({ columns }: Sample, slice: number): number => columns.start?.[slice] ?? Number.NaN

/** Standard error of the mean. */
function errorOf(values: number[]): number {
  const center = mean(values)
  return Math.sqrt(mean(values.map(value => (value - center) ** 2)) / (values.length - 1))
}
