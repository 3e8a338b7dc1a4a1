/** What stays in memory: whether a variant leaks or only churns, and which objects grew between two snapshots. */
import type { LeakVerdict, Report, SnapshotDifference } from '../../../harness/model/report.ts'
import { counted, digits, interval, value } from '../../../harness/words/numbers.ts'
import { clip, visible } from '../../../harness/words/text.ts'
import { variantOf } from '../../shared/pairs.ts'
import { functionName, place } from '../../shared/places.ts'
import { linear, polyline, ticks } from '../scale.ts'
import { figureView, wordView } from './figure.ts'
import { MEBIBYTE } from './tracks.ts'

/** Functions below a verdict, and constructors of a snapshot. */
const FUNCTIONS = 5
const CONSTRUCTORS = 20

const BOX = { width: 440, height: 170, left: 62, right: 20, top: 10, bottom: 26 }

/** A shape and a colour for each, as for the verdicts of a gate. */
const SLUGS: Record<LeakVerdict['verdict'], string> = {
  leak: 'regressed',
  churn: 'inconclusive',
  neither: 'fine',
  'cannot tell': 'not-comparable',
}

export function memorySection(report: Report) {
  const name = (variant: string) => clip(visible(variantOf(report.run.plan, variant).label), 60)
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
    between: retained ? `${signedBytes(retained.low)} … ${signedBytes(retained.high)}` : '',
    allocated: figureView(it.allocated, 'bytes'),
    change: it.allocatedChange ? interval(it.allocatedChange) : '',
    stopped: figureView(it.stopped, 'ratio'),
    basis: `${counted(it.readings, 'reading')} of ${it.launches} ${it.launches === 1 ? 'launch' : 'launches'}`,
    chart: seriesChart(it.series),
    frames: it.frames.slice(0, FUNCTIONS).map(frame => ({
      name: clip(functionName(frame.function), 90),
      place: clip(place(frame.file, frame.line), 70),
      category: frame.category,
      bytes: figureView(frame.bytes, 'bytes'),
    })),
  }
}

const signedBytes = (x: number): string => `${x < 0 ? '−' : '+'}${value(Math.abs(x), 'bytes')}`

/** Live bytes over requests, a line for each launch; `null` where nothing was read twice. */
function seriesChart(series: LeakVerdict['series']) {
  const lines = series.filter(({ requests }) => requests.length > 1)
  if (lines.length === 0) return null
  const most = Math.max(...lines.flatMap(({ requests }) => requests))
  const live = lines.flatMap(({ live }) => live)
  const [low, high] = [Math.min(...live) / MEBIBYTE, Math.max(...live) / MEBIBYTE]
  const x = linear(0, most, BOX.left, BOX.width - BOX.right)
  const y = linear(low, high, BOX.height - BOX.bottom, BOX.top)
  return {
    box: BOX,
    base: BOX.height - BOX.bottom,
    end: BOX.width - BOX.right,
    label: BOX.height - 8,
    xTicks: ticks(0, most, 4).map(at => ({ x: x(at), text: at.toLocaleString('en-US') })),
    yTicks: ticks(low, high, 3).map(at => ({ y: y(at), text: `${digits(at)} MiB` })),
    lines: lines.map(({ requests, live }) => ({
      points: polyline(requests.map((at, i) => [x(at), y(live[i]! / MEBIBYTE)])),
    })),
  }
}

function snapshotView(it: SnapshotDifference, variant: string) {
  return {
    variant,
    title: `${value(it.before, 'bytes')} → ${value(it.after, 'bytes')} over ${counted(it.requests, 'request')}`,
    rows: it.rows.slice(0, CONSTRUCTORS).map(row => ({
      name: clip(visible(row.name), 80) || '(unnamed)',
      before: row.count.before.toLocaleString('en-US'),
      after: row.count.after.toLocaleString('en-US'),
      self: figureView(row.self.after - row.self.before, 'bytes'),
      retained: figureView(row.retained.after - row.retained.before, 'bytes'),
    })),
    left: Math.max(0, it.rows.length - CONSTRUCTORS),
  }
}
