/** What stays in memory: whether a variant leaks or only churns, and which objects grew between two snapshots. */
import type { LeakVerdict, Report, SnapshotDifference } from '../../../harness/model/report.ts'
import { counted, interval, signedValue, tick, value } from '../../../harness/words/numbers.ts'
import { clip, visible } from '../../../harness/words/text.ts'
import { functionName, place } from '../../shared/functions.ts'
import { variantOf } from '../../shared/pairs.ts'
import { across, chart, linear, polyline, ticks, upwards } from '../chart.ts'
import { figureView, wordView } from './figure.ts'

const KIBIBYTE = 2 ** 10
const MEBIBYTE = 2 ** 20

/** Functions below a verdict, and constructors in a snapshot's table. */
const FUNCTIONS = 5
const CONSTRUCTORS = 20

const BOX = { width: 440, height: 170, left: 62, right: 20, top: 10, bottom: 26 }

/** A shape and a colour for each verdict, taken from those of gates. */
const SLUGS: Record<LeakVerdict['verdict'], string> = {
  leak: 'regressed',
  churn: 'inconclusive',
  neither: 'fine',
  'cannot tell': 'not-comparable',
}

export function memorySection(report: Report) {
  const name = (variant: string) => clip(visible(variantOf(report, variant).label), 60)
  const leaks = report.analysis.leaks ?? []
  const snapshots = report.analysis.snapshots ?? []
  if (leaks.length === 0 && snapshots.length === 0) return null
  const leaking = leaks.filter(({ verdict }) => verdict === 'leak').map(({ variant }) => name(variant))
  return {
    title:
      leaking.length > 0
        ? `Memory: ${leaking.join(' and ')} ${leaking.length === 1 ? 'leaks' : 'leak'}`
        : 'Memory: what stays, and what only passes through',
    leaks: leaks.map(it => leakView(it, name(it.variant))),
    snapshots: snapshots.map(it => snapshotView(it, name(it.variant))),
  }
}

function leakView(it: LeakVerdict, variant: string) {
  const { retained } = it
  return {
    variant,
    verdict: { word: it.verdict, slug: SLUGS[it.verdict], meaning: visible(it.reason) },
    reason: visible(it.reason),
    retained: retained ? figureView(retained.estimate, 'bytes') : wordView('–'),
    between: retained ? `${signedValue(retained.low, 'bytes')} … ${signedValue(retained.high, 'bytes')}` : '',
    allocated: figureView(it.allocated, 'bytes'),
    change: it.allocatedChange ? interval(it.allocatedChange) : '',
    stopped: figureView(it.stopped, 'ratio'),
    basis: `${counted(it.readings, 'reading')} of ${counted(it.launches, 'launch', 'launches')}`,
    chart: seriesChart(variant, it.series),
    frames: it.frames.slice(0, FUNCTIONS).map(frame => ({
      name: clip(functionName(frame.function), 90),
      place: clip(place(frame.file, frame.line), 70),
      category: frame.category,
      bytes: figureView(frame.bytes, 'bytes'),
    })),
  }
}

/** Live bytes over requests, a line for each launch; `null` if nothing was read twice. */
function seriesChart(name: string, series: LeakVerdict['series']) {
  const lines = series.filter(({ requests }) => requests.length > 1)
  if (lines.length === 0) return null
  const most = Math.max(...lines.flatMap(({ requests }) => requests))
  const live = lines.flatMap(({ live }) => live)
  const least = Math.min(...live)
  const extent = Math.max(...live) - least
  const unit = extent < MEBIBYTE ? KIBIBYTE : MEBIBYTE
  const x = linear(0, most, ...across(BOX))
  const y = linear(0, extent, ...upwards(BOX))
  return chart({
    box: BOX,
    xTicks: ticks(0, most, 4).map(at => ({ x: x(at), text: at.toLocaleString('en-US') })),
    yTicks: ticks(0, extent / unit, 3).map(at => ({
      y: y(at * unit),
      text: at === 0 ? '0' : `+${tick(at * unit, 'bytes')}`,
    })),
    name,
    // A leak is small next to the heap, so the axis begins at the lowest reading.
    title: `live heap above ${value(least, 'bytes')} by requests, a line for each launch: level is fine`,
    described: 'Live heap by requests',
    lines: lines.map(({ requests, live }) => ({
      side: 'after',
      points: polyline(requests.map((at, i) => [x(at), y(live[i]! - least)])),
    })),
  })
}

function snapshotView(it: SnapshotDifference, variant: string) {
  const grown = it.rows.filter(({ self, retained }) =>
    [self, retained].some(({ before, after }) => after > before),
  )
  return {
    variant,
    title: `${value(it.before, 'bytes')} → ${value(it.after, 'bytes')} over ${counted(it.requests, 'request')}`,
    rows: grown.slice(0, CONSTRUCTORS).map(row => ({
      name: clip(visible(row.name), 80) || '(unnamed)',
      before: row.count.before.toLocaleString('en-US'),
      after: row.count.after.toLocaleString('en-US'),
      self: figureView(row.self.after - row.self.before, 'bytes'),
      retained: figureView(row.retained.after - row.retained.before, 'bytes'),
    })),
    left: Math.max(0, grown.length - CONSTRUCTORS),
  }
}
