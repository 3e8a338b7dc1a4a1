/** A verdict is always a word and a shape, so that it never depends on colour alone. */
import type { Status } from '../model/comparison.ts'
import type { GateVerdict, Outcome, Problem } from '../model/report.ts'

/** `meaning` is for a reader who meets the verdict for the first time. */
export const MARKS: Record<Status, { shape: string; meaning: string }> = {
  regressed: { shape: '▲', meaning: 'worse by at least the margin, beyond doubt' },
  'not reached': { shape: '△', meaning: 'the improvement that is expected is not proven' },
  improved: { shape: '▼', meaning: 'better by at least the margin, beyond doubt' },
  fine: { shape: '●', meaning: 'neither worse nor better by the margin' },
  inconclusive: { shape: '◇', meaning: 'the interval is too wide to tell' },
  'not comparable': { shape: '⊘', meaning: 'the two sides have no values that can be compared' },
}

/** From the verdict that settles the whole to the one that says least. */
const ORDER: Status[] = ['regressed', 'not reached', 'not comparable', 'inconclusive', 'improved', 'fine']

/** The verdict of several together: the first in the order. Without any there is nothing to conclude. */
export const gravest = <Of extends Status>(statuses: Of[]): Of | 'inconclusive' =>
  ORDER.find((status): status is Of => statuses.includes(status as Of)) ?? 'inconclusive'

/** `1 regressed, 2 fine`, in the order of verdicts; what was not measured comes last. */
export function tallied(words: (Status | 'not measured')[]): string {
  const counts = [...ORDER, 'not measured' as const].map(word => ({
    word,
    count: words.filter(it => it === word).length,
  }))
  return counts
    .filter(({ count }) => count > 0)
    .map(({ word, count }) => `${count} ${word}`)
    .join(', ')
}

/** `▲ regressed` */
export const marked = (status: Status): string => `${MARKS[status].shape} ${status}`

/** A class name or anchor made of the verdict. */
export const slug = (status: Status): string => status.replace(' ', '-')

/** What a gate does to the job; a gate that only warns, and one that was accepted, fails nothing. */
export type Effect = 'fails' | 'unmeasured' | 'neutral' | 'warns' | 'accepted' | 'passes'

export function effectOf({ gate, status, accepted }: GateVerdict): Effect {
  if (status === 'inconclusive') return 'neutral'
  if (status === 'fine' || status === 'improved') return 'passes'
  if (accepted) return 'accepted'
  if (gate.level === 'warn') return 'warns'
  return status === 'not comparable' ? 'unmeasured' : 'fails'
}

/** Why there is no verdict; `undefined` if there is one. */
export const unmeasuredOf = ({ report, problem }: Outcome): Problem | undefined =>
  problem ??
  (report?.verdict.unusable === undefined
    ? undefined
    : { message: `Not comparable: ${report.verdict.unusable}` })

/** The one word for a scenario, as a table of several shows it. */
export function wordFor({ report }: Outcome): Status | 'not measured' {
  if (!report || report.run.rounds.length === 0) return 'not measured'
  return report.verdict.status
}
