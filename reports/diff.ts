/** Two profiles compared: on a terminal, and as data. The page is in `html/diff.ts`. */
import type { ProfileDiff, ProfileSide } from '../harness/model/diff.ts'
import type { FrameChange } from '../harness/model/flame.ts'
import { counted, duration, signedPercent, value } from '../harness/words/numbers.ts'
import { cell, clip, columns, visible } from '../harness/words/text.ts'
import { indented } from './json.ts'
import { collectorsOf, functionName, measureOf, place, topFrames } from './shared/functions.ts'
import { joined, notes, type Paint, painter, type TerminalOptions } from './terminal.ts'

export const DIFF_SCHEMA = 'flamegate/diff/1'

/**
 * Changes are fractions of the whole before; the ends of an unknown interval are `null`.
 *
 * @param repeat the command that makes it again
 */
export function renderDiffJson({ before, after, value, analysis }: ProfileDiff, repeat: string): string {
  const { frames, flames, owners, findings } = analysis
  const views = flames.map(({ collector, unit, per }) => ({ collector, unit, per }))
  return indented({ schema: DIFF_SCHEMA, before, after, value, views, frames, owners, findings, repeat })
}

/** What is known of a side: format, duration, samples. */
export function sideFacts({ formats, profiles, duration: length, samples, requests }: ProfileSide): string {
  return [
    ...(profiles > 1 ? [counted(profiles, 'profile')] : []),
    formats.join(', '),
    length > 0 ? duration(length) : 'duration unknown',
    counted(samples, 'sample'),
    ...(requests === null ? [] : [counted(requests, 'request')]),
  ].join(', ')
}

export const sideName = ({ label }: ProfileSide, width: number): string => clip(visible(label), width)

/** What is compared: `cpu`, `inuse_space`. */
export const valueName = ({ value }: ProfileDiff): string =>
  clip(visible(value.type || value.unit || 'value'), 40)

/** Functions of one view. */
const ROWS = 10

/** The functions that changed most; lines that each end in a line feed, none wider than `width` or 80. */
export function renderDiffTerminal(diff: ProfileDiff, { colour, width }: TerminalOptions): string {
  const paint = painter(colour)
  const room = Math.max(80, width)
  return joined([
    [
      `${paint('bold', 'Profiles compared')}: ${valueName(diff)}`,
      ...sideLines('before', diff.before, room, paint),
      ...sideLines('after', diff.after, room, paint),
    ],
    ...collectorsOf(diff, 'after').map(view => functions(diff, view, room, paint)),
    notes(diff.analysis.findings, room, paint),
  ])
}

const sideLines = (word: string, side: ProfileSide, width: number, paint: Paint): string[] => [
  `  ${word.padEnd(7)}${sideName(side, width - 9)}`,
  paint('dim', clip(`         ${sideFacts(side)}`, width)),
]

function functions(diff: ProfileDiff, view: string, width: number, paint: Paint): string[] {
  const { unit } = measureOf(diff, 'after', view)
  const rows = topFrames(diff, 'after', view, ROWS).filter(it => it.after !== it.before)
  if (rows.length === 0) return [paint('dim', `${view}: no function changed`)]
  const all = diff.analysis.frames.filter(it => it.collector === view)
  const sure = all.filter(it => it.significant).length
  const doubt = sure > 0 ? `${sure} of ${counted(all.length, 'function')} sure` : 'none is sure'
  return [
    paint('dim', `${view}: the largest changes, ${doubt}`),
    paint('dim', line(['', 'self', '', 'total', ''], '').trimEnd()),
    paint('dim', line(['change', 'before', 'after', 'before', 'after'], 'function')),
    ...rows.map(it => functionRow(it, unit, width, paint)),
  ]
}

function functionRow(it: FrameChange, unit: string, width: number, paint: Paint): string {
  const values = [it.before, it.after, it.totalBefore, it.totalAfter].map(one => value(one, unit))
  const start = line([signedPercent(it.change.estimate), ...values], '')
  const match = it.match === 'exact' ? '' : ` ${visible(it.match)}`
  const room = width - columns(start) - columns(match)
  const name = clip(functionName(it.function), room)
  const left = room - columns(name) - 1
  const where = left >= SHORTEST_PLACE ? clip(place(it.file, it.line), left) : ''
  const direction = it.change.estimate > 0 ? 'regressed' : 'improved'
  return (
    (it.significant ? paint(direction, start) : start) + name + paint('dim', (where && ` ${where}`) + match)
  )
}

/** Fewer columns of a place say nothing. */
const SHORTEST_PLACE = 8

const WIDTHS = [8, 9, 9, 10, 9]

const line = (cells: string[], rest: string): string =>
  `${cells.map((text, i) => cell(text, WIDTHS[i]!, 'right')).join('')}  ${rest}`
