/** Whose code a change is in, as a table that adds up to the whole. */
import type { OwnerChange } from '../../../harness/model/flame.ts'
import { signedValue } from '../../../harness/words/numbers.ts'
import { ownerName } from '../../../harness/words/owners.ts'
import { collectorTitle, measureOf, type Profiled } from '../../shared/functions.ts'
import { figureView, signedView } from './figure.ts'

const KINDS: Record<OwnerChange['kind'], string> = {
  application: 'the service itself',
  dependency: 'package',
  node: 'called by no code of application or packages',
  v8: 'garbage collector, compiler, program',
  kernel: 'the operating system',
  rest: 'other threads, and owners too small for a row',
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
    rows: rows.filter(isShown).map(row => ({
      ...figures(row, unit),
      name: ownerName(row),
      kind: row.kind,
      about: KINDS[row.kind],
      isOwner: row.kind !== 'rest',
      significant: row.significant,
      direction: row.after > row.before ? 'more' : 'less',
      interval: row.interval
        ? `${signedValue(row.interval.low, unit)} … ${signedValue(row.interval.high, unit)}`
        : '',
    })),
    all: figures(whole, unit),
  }
}

/** Nothing is left where all threads were sampled. */
const isShown = ({ kind, before, after }: OwnerChange): boolean =>
  kind !== 'rest' || before !== 0 || after !== 0

const figures = ({ before, after }: { before: number; after: number }, unit: string) => ({
  before: figureView(before, unit),
  after: figureView(after, unit),
  change: signedView(after - before, unit),
})
