/** The samples and subjects of evidence, and which of them belong together. */

import type { Sides } from '../model/comparison.ts'
import type { Evidence, Sample, Subject } from '../model/evidence.ts'

export const samplesOf = ({ samples }: Pick<Evidence, 'samples'>, subject: string): Sample[] =>
  samples.filter(sample => sample.subject === subject)

/** The subjects that are compared with the baseline. */
export const othersOf = ({ subjects, baseline }: Pick<Evidence, 'subjects' | 'baseline'>): Subject[] =>
  subjects.filter(({ id }) => id !== baseline)

export const labelOf = ({ subjects }: Pick<Evidence, 'subjects'>, subject: string): string =>
  subjects.find(({ id }) => id === subject)?.label ?? subject

/** The samples of the baseline and of a subject; with pairing by rounds, of the rounds that have both, in one order. */
export function pairsOf(evidence: Evidence, subject: string): Sides<Sample[]> {
  const before = samplesOf(evidence, evidence.baseline)
  const after = samplesOf(evidence, subject)
  if (evidence.pairing === 'independent') return { before, after }
  const partners = before.map(({ round }) => after.find(sample => sample.round === round))
  return {
    before: before.filter((_, at) => partners[at]),
    after: partners.filter(partner => partner !== undefined),
  }
}

/** What there is to say of each subject's samples, as a list; `null` where that is nothing. */
export function listed(evidence: Evidence, say: (own: Sample[], label: string) => string | null) {
  const said = evidence.subjects.flatMap(({ id, label }) => say(samplesOf(evidence, id), label) ?? [])
  return said.length > 0 ? said.join(', ') : null
}

/** Samples that are left out together: those of a round, or each independent one alone. */
export function unitsOf({ pairing, samples }: Evidence): Sample[][] {
  if (pairing === 'independent') return samples.map(sample => [sample])
  return [...Map.groupBy(samples, ({ round }) => round).values()]
}
