/** A verdict is always a word and a shape, so that it is never told by colour alone. */
import type { Status } from '../model/report.ts'

export interface Mark {
  word: string
  shape: string
  /** What the verdict says, for a reader who meets it for the first time. */
  meaning: string
}

export const MARKS: Record<Status, Mark> = {
  regressed: { word: 'regressed', shape: '▲', meaning: 'worse by at least the margin, beyond doubt' },
  improved: { word: 'improved', shape: '▼', meaning: 'better, beyond doubt' },
  fine: { word: 'fine', shape: '●', meaning: 'any change for the worse is smaller than the margin' },
  inconclusive: { word: 'inconclusive', shape: '◇', meaning: 'the interval is too wide to tell' },
  'not comparable': {
    word: 'not comparable',
    shape: '⊘',
    meaning: 'there are no two figures of the same thing',
  },
}

const ORDER: Status[] = ['regressed', 'not comparable', 'inconclusive', 'fine', 'improved']

/** The verdict that needs a reader's attention first. */
export function gravest(statuses: Status[]): Status {
  return ORDER.find(status => statuses.includes(status)) ?? 'not comparable'
}

/** A class name or anchor made of the verdict. */
export const slug = (status: Status): string => status.replace(' ', '-')
