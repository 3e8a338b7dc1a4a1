/** Whose code a change is in, as a table that adds up to the whole. */
import type { Sides } from '../../../harness/model/comparison.ts'
import type { OwnerChange } from '../../../harness/model/flame.ts'
import { ownerName } from '../../../harness/words/owners.ts'
import { collectorTitle, measureOf, type Profiled } from '../../shared/functions.ts'
import { changeColumns, figureView, signedView } from './figure.ts'

const KINDS: Record<OwnerChange['kind'], string> = {
  application: 'the service itself',
  dependency: 'package',
  node: 'called by no code of application or packages',
  v8: 'garbage collector, compiler, program',
  kernel: 'the operating system',
  rest: 'and chance',
}

/** The table of one collector; `null` where nothing tells a change from chance. */
export function ownersView(report: Profiled, variant: string, collector: string) {
  const { unit, per } = measureOf(report, variant, collector)
  const rows = report.analysis.owners.filter(it => it.variant === variant && it.collector === collector)
  if (rows.length === 0) return null
  const sum = (side: 'before' | 'after') => rows.reduce((all, row) => all + row[side], 0)
  const whole = { before: sum('before'), after: sum('after') }
  return {
    title: collectorTitle(collector),
    per,
    rows: rows
      .filter(row => isShown(row, whole))
      .map(row => ({
        ...figures(row, unit),
        ...changeColumns(row, row.interval, unit),
        name: row.kind === 'rest' ? 'small owners, other threads' : ownerName(row),
        kind: row.kind,
        about: KINDS[row.kind],
        isOwner: row.kind !== 'rest',
        significant: row.significant,
        direction: row.after > row.before ? 'more' : 'less',
      })),
    all: figures(whole, unit),
  }
}

/** A smaller share is what the mean of shares loses; it can be below zero. */
const LEAST = 0.001

/** Nothing is left where all threads were sampled. */
const isShown = ({ kind, before, after }: OwnerChange, whole: Sides): boolean =>
  kind !== 'rest' ||
  Math.abs(before) > LEAST * Math.abs(whole.before) ||
  Math.abs(after) > LEAST * Math.abs(whole.after)

const figures = ({ before, after }: { before: number; after: number }, unit: string) => ({
  before: figureView(before, unit),
  after: figureView(after, unit),
  change: signedView(after - before, unit),
})
