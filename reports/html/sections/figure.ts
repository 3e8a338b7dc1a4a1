/** A number in three parts, so that a column aligns at the decimal point and at the unit. */
import type { Comparison } from '../../../harness/model/comparison.ts'
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

/** A word in place of a number. */
export const wordView = (whole: string): FigureView => ({ whole, part: '', unit: '' })

function cut({ figure, unit }: Quantity): FigureView {
  const point = figure.search(/\.\d/)
  const at = point < 0 ? figure.length : point
  return { whole: figure.slice(0, at), part: figure.slice(at), unit }
}
