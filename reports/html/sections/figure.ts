/** A number in three parts, so that a column aligns at the decimal point and at the unit. */
import type { Comparison, Sides } from '../../../harness/model/comparison.ts'
import type { OwnerChange } from '../../../harness/model/flame.ts'
import { type Quantity, quantity, signedPercent, signedValue, sound } from '../../../harness/words/numbers.ts'

export interface FigureView {
  whole: string
  /** With the point; empty for a whole number. */
  part: string
  unit: string
}

export const figureView = (x: number | null | undefined, unit: string): FigureView => cut(quantity(x, unit))

/** `+3.4 %` for 0.034. */
export function percentView(x: number): FigureView {
  const [figure = '', unit = ''] = signedPercent(x).split(' ')
  return cut({ figure, unit })
}

/** `+3.4 µs` */
export function signedView(x: number, unit: string): FigureView {
  const [figure = '', shown = ''] = signedValue(x, unit).split(' ')
  return cut({ figure, unit: shown })
}

/** The change of a metric; one that is compared exactly may be equal. */
export function changeView(it: Comparison): FigureView {
  const change = sound(it.change)
  if (!change) return wordView('–')
  return it.exact && change.estimate === 0 ? wordView('equal') : percentView(change.estimate)
}

/** What a function or an owner cost more or less, with the interval: in the unit of its values, and of the whole. */
export function changeColumns(
  { before, after, change, p, detectable }: Sides & Pick<OwnerChange, 'change' | 'p' | 'detectable'>,
  interval: { low: number; high: number } | null,
  unit: string,
) {
  return {
    change: signedView(after - before, unit),
    interval: interval ? between(interval, unit) : '',
    share: Number.isFinite(change.estimate) ? percentView(change.estimate) : wordView('–'),
    p: wordView(p === null ? '–' : p < 0.001 ? '< 0.001' : p.toFixed(3)),
    detectable: detectable === null ? wordView('–') : smallest(detectable),
  }
}

/** `+29.0 … +31.8 µs`, `−185 ns … +4.07 µs` */
export function between({ low, high }: { low: number; high: number }, unit: string): string {
  const [from = '', fromUnit] = signedValue(low, unit).split(' ')
  const to = signedValue(high, unit)
  return `${from}${fromUnit === to.split(' ')[1] ? '' : ` ${fromUnit}`} … ${to}`
}

/** Without a direction: it could have been seen either way. */
function smallest(detectable: number): FigureView {
  const figure = percentView(detectable)
  return { ...figure, whole: figure.whole.replace('+', '') }
}

/** A word in place of a number. */
export const wordView = (whole: string): FigureView => ({ whole, part: '', unit: '' })

function cut({ figure, unit }: Quantity): FigureView {
  const point = figure.search(/\.\d/)
  const at = point < 0 ? figure.length : point
  return { whole: figure.slice(0, at), part: figure.slice(at), unit }
}
