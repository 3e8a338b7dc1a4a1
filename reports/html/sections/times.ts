/** Where the time of typical and of slow requests went: a bar for each side, and the rows that it is made of. */
import type { Report } from '../../../harness/model/report.ts'
import type { RequestTimes, TimeRow } from '../../../harness/model/times.ts'
import { share, value } from '../../../harness/words/numbers.ts'
import { diagnosisLines } from '../../shared/diagnosis.ts'
import type { Pair } from '../../shared/pairs.ts'
import { kindOfTime, NAMES, placeWords, whatWords } from '../../shared/times.ts'
import { linear } from '../chart.ts'
import { between, figureView, signedView } from './figure.ts'

const WIDTH = 640

const TITLES = { typical: 'Typical requests', slow: 'Slow requests' } as const

export function timesSection(report: Pick<Report, 'analysis'>, pair: Pair) {
  const all = (report.analysis.times ?? []).filter(it => it.variant === pair.variant.id)
  return { diagnosis: diagnosisLines(report, pair), classes: all.map(classView), empty: all.length === 0 }
}

function classView(times: RequestTimes) {
  const { requests, latency, followed, rows } = times
  const most = Math.max(latency.before, latency.after)
  return {
    title: `${TITLES[requests]} (${NAMES[requests]}): ${value(latency.before, 'µs')} → ${value(latency.after, 'µs')}`,
    followed: `${followed.before.toLocaleString('en-US')} and ${followed.after.toLocaleString('en-US')} requests followed`,
    width: WIDTH,
    bars: (['before', 'after'] as const).map(side => ({ side, parts: bar(rows, side, most) })),
    rows: rows.map(row => rowView(row)),
    before: figureView(latency.before, 'µs'),
    after: figureView(latency.after, 'µs'),
    change: signedView(latency.after - latency.before, 'µs'),
  }
}

/** The parts of one side, one after the other, in the order of the table. */
function bar(rows: TimeRow[], side: 'before' | 'after', most: number) {
  const x = linear(0, most, 0, WIDTH)
  let at = 0
  return rows
    .filter(row => row[side] > 0)
    .map(row => {
      const [from, to] = [x(at), x(at + row[side])]
      at += row[side]
      return {
        x: from,
        width: Math.max(0.5, to - from - 0.5),
        kind: kindOfTime(row),
        label: `${whatWords(row)}${placeWords(row) ? ` (${placeWords(row)})` : ''}: ${value(row[side], 'µs')}, ${share(row[side] / most)}`,
      }
    })
}

function rowView(row: TimeRow) {
  return {
    what: whatWords(row),
    place: placeWords(row),
    kind: kindOfTime(row),
    before: figureView(row.before, 'µs'),
    after: figureView(row.after, 'µs'),
    change: signedView(row.after - row.before, 'µs'),
    interval: row.interval ? between(row.interval, 'µs') : '',
    significant: row.significant,
    direction: row.after > row.before ? 'more' : 'less',
  }
}
