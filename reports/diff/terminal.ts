/** A diff on a terminal: the functions that changed most, in 80 columns. */
import type { ProfileDiff, ProfileSide } from '../../harness/model/diff.ts'
import type { FrameChange } from '../../harness/model/report.ts'
import { points, value } from '../../harness/words/numbers.ts'
import { cell, clip, columns, visible } from '../../harness/words/text.ts'
import { collectorsOf, topFrames, unitOf } from '../shared/pairs.ts'
import { functionName, place } from '../shared/places.ts'
import { notes, type Paint, painter, type TerminalOptions } from '../terminal.ts'
import { sideFacts, sideName, valueName } from './sides.ts'

/** Functions of one view. */
const ROWS = 10

/** Lines for a terminal, each ending in a line feed, none wider than `width` or 80. */
export function renderDiffTerminal(diff: ProfileDiff, { colour, width }: TerminalOptions): string {
  const paint = painter(colour)
  const room = Math.max(80, width)
  const blocks = [
    [
      `${paint('bold', 'Profiles compared')}: ${valueName(diff)}`,
      ...sideLines('before', diff.before, room, paint),
      ...sideLines('after', diff.after, room, paint),
    ],
    ...collectorsOf(diff, 'after').map(view => functions(diff, view, room, paint)),
    notes(diff.analysis.findings, room, paint),
  ]
  return `${blocks
    .filter(block => block.length > 0)
    .map(block => block.join('\n'))
    .join('\n\n')}\n`
}

const sideLines = (word: string, side: ProfileSide, width: number, paint: Paint): string[] => [
  `  ${word.padEnd(7)}${sideName(side, width - 9)}`,
  paint('dim', clip(`         ${sideFacts(side)}`, width)),
]

function functions(diff: ProfileDiff, view: string, width: number, paint: Paint): string[] {
  const unit = unitOf(diff, 'after', view)
  const rows = topFrames(diff, 'after', view, ROWS).filter(it => it.after !== it.before)
  if (rows.length === 0) return [paint('dim', `${view}: no function changed`)]
  const all = diff.analysis.frames.filter(it => it.collector === view)
  const sure = all.filter(it => it.significant).length
  const doubt = sure > 0 ? `${sure} of ${all.length} functions sure` : 'none is sure'
  return [
    paint('dim', `${view}: the largest changes, ${doubt}`),
    paint('dim', line(['', 'self', '', 'total', ''], '').trimEnd()),
    paint('dim', line(['change', 'before', 'after', 'before', 'after'], 'function')),
    ...rows.map(it => functionRow(it, unit, width, paint)),
  ]
}

function functionRow(it: FrameChange, unit: string, width: number, paint: Paint): string {
  const figures = [it.before, it.after, it.totalBefore, it.totalAfter].map(figure => value(figure, unit))
  const start = line([`${points(it.change.estimate)} %`, ...figures], '')
  const match = it.match === 'exact' ? '' : ` ${visible(it.match)}`
  const room = width - columns(start) - columns(match)
  const name = clip(functionName(it.function), room)
  const left = room - columns(name) - 1
  const where = left >= SHORTEST_PLACE ? clip(place(it.file, it.line), left) : ''
  const figuresShown = it.significant
    ? paint(it.change.estimate > 0 ? 'regressed' : 'improved', start)
    : start
  return figuresShown + name + paint('dim', (where && ` ${where}`) + match)
}

/** Columns below which a place says nothing any more. */
const SHORTEST_PLACE = 8

const WIDTHS = [8, 9, 9, 10, 9]

const line = (cells: string[], rest: string): string =>
  `${cells.map((text, i) => cell(text, WIDTHS[i]!, 'right')).join('')}  ${rest}`
