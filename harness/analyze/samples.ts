/** Which samples of two subjects are compared. */
import type { Evidence, Sample } from '../model/evidence.ts'

export interface Sides {
  before: Sample[]
  after: Sample[]
}

export const samplesOf = ({ samples }: Pick<Evidence, 'samples'>, subject?: string): Sample[] =>
  subject === undefined ? samples : samples.filter(sample => sample.subject === subject)

export const labelOf = ({ subjects }: Pick<Evidence, 'subjects'>, subject: string): string =>
  subjects.find(({ id }) => id === subject)?.label ?? subject

/**
 * The samples of the baseline and of a subject. With pairing by rounds: those of rounds that have both, in the same order.
 */
export function pairsOf(evidence: Evidence, subject: string): Sides {
  const [before, after] = [evidence.baseline, subject].map(id => samplesOf(evidence, id)) as [
    Sample[],
    Sample[],
  ]
  if (evidence.pairing === 'independent') return { before, after }
  const partners = before.map(({ round }) => after.find(sample => sample.round === round))
  return {
    before: before.filter((_, at) => partners[at]),
    after: partners.filter(partner => partner !== undefined),
  }
}

/** Samples that are left out together: those of a round, or each independent one alone. */
export function unitsOf({ pairing, samples }: Evidence): Sample[][] {
  if (pairing === 'independent') return samples.map(sample => [sample])
  return [...Map.groupBy(samples, ({ round }) => round).values()]
}
