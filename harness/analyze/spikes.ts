/**
 * Slices that cost much more than the others, usually because of a major garbage collection. The middle half of the slices, on which a
 * change rests, has none of them. That is right where they hit both sides alike, and wrong where the variants differ in them.
 */
import { finding } from '../findings/index.ts'
import type { Comparison, Spikes } from '../model/comparison.ts'
import type { Evidence } from '../model/evidence.ts'
import type { Finding } from '../model/finding.ts'
import { fractionOf, meanOf, tailProbability } from '../stats/centre.ts'
import { isMeasured } from '../stats/describe.ts'
import { signedPercent } from '../words/numbers.ts'
import { labelOf } from './samples.ts'

/** The least that they change, as a log-ratio. */
const MATERIAL = Math.log(1.02)

/** One-sided probability, in each direction, of counting them where both sides have the same. It is far below what a gate may spend. */
const CERTAIN = 0.001

type Column = (number | null)[]

/**
 * Compares each round's log-ratio of typical slices with that of all slices together, which is noisier. Where they differ beyond doubt, all
 * slices count. Where they differ in the same direction in every round, that is not sure yet, but nothing may be called fine.
 */
export function spikesIn(typical: Column, whole: Column): Spikes | undefined {
  const known = typical.flatMap((own, round) => {
    const all = whole[round] ?? null
    return isMeasured(own) && isMeasured(all) ? [{ own, all, apart: all - own }] : []
  })
  if (known.length < 2) return undefined
  const apart = meanOf(known.map(round => round.apart))
  const size = Math.abs(apart.estimate)
  if (size < MATERIAL) return undefined
  const counted = tailProbability({ ...apart, estimate: size }) <= CERTAIN
  const agreed = known.every(round => Math.sign(round.apart) === Math.sign(apart.estimate))
  if (!counted && !agreed) return undefined
  const change = (values: number[]) => fractionOf(meanOf(values).estimate)
  return {
    counted,
    typical: change(known.map(({ own }) => own)),
    whole: change(known.map(({ all }) => all)),
  }
}

export const spikeFindings = (evidence: Evidence, comparisons: Comparison[]): Finding[] =>
  comparisons.flatMap(({ variant, title, secondary, spikes }) => {
    if (!spikes?.counted || secondary) return []
    const [typical, whole] = [spikes.typical, spikes.whole].map(signedPercent)
    return finding(
      'spikes-counted',
      `${labelOf(evidence, variant)}, ${title}: ${whole} over all slices, but ${typical} in typical ones. The variants differ in what happens now and then, such as garbage collections, so all slices count.`,
    )
  })
