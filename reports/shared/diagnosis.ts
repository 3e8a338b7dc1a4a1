/** What limits each variant of a pair, and what made the difference, in words. */
import type { Diagnosis } from '../../harness/model/diagnosis.ts'
import type { Report } from '../../harness/model/report.ts'
import { visible } from '../../harness/words/text.ts'
import type { Pair } from './pairs.ts'
import { placeWords } from './times.ts'

export interface DiagnosisLine {
  /** Label of the variant, `both` or `change`. */
  who: string
  /** A sentence, with the function that it is about. */
  text: string
  /** What to do next; empty where there is nothing to do. */
  advice: string
  isChange: boolean
}

/** None where no requests were followed: then the costs tell more. */
export function diagnosisLines(
  { analysis }: Pick<Report, 'analysis'>,
  { baseline, variant }: Pair,
): DiagnosisLine[] {
  const { times = [], diagnosis = [] } = analysis
  if (!times.some(it => it.variant === variant.id)) return []
  const own = (id: string) => diagnosis.find(it => it.variant === id && it.baseline === undefined)
  const [before, after] = [own(baseline.id), own(variant.id)]
  const changes = diagnosis.filter(it => it.variant === variant.id && it.baseline === baseline.id)
  return [
    ...(before && after && isSame(before, after)
      ? [lineOf(after, 'both')]
      : [
          ...(before && baseline.id !== variant.id ? [lineOf(before, baseline.label)] : []),
          ...(after ? [lineOf(after, variant.label)] : []),
        ]),
    ...changes.map(change => ({ ...lineOf(change, 'change'), isChange: true })),
  ]
}

/** Figures that differ a little are not worth saying it twice. */
const isSame = (a: Diagnosis, b: Diagnosis): boolean =>
  a.variant !== b.variant && a.cause === b.cause && placeWords(a) === placeWords(b)

function lineOf(it: Diagnosis, who: string): DiagnosisLine {
  const where = placeWords(it)
  const text = visible(it.message)
  return {
    who: visible(who),
    text: where ? `${text.replace(/\.$/, '')} (${where}).` : text,
    advice: it.advice,
    isChange: false,
  }
}
