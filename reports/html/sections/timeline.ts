/** What happened when: all launches drawn over each other, on an axis of time that is zero when measuring begins. */
import type { Sample } from '../../../harness/model/evidence.ts'
import type { Slices } from '../../../harness/model/launch.ts'
import type { Flame, Moments, Report } from '../../../harness/model/report.ts'
import { tick } from '../../../harness/words/numbers.ts'
import { collectorTitle, type Profiled } from '../../shared/functions.ts'
import { type Pair, samplesOf } from '../../shared/pairs.ts'
import { linear, polyline, type Scale, ticks } from '../chart.ts'

const BOX = { width: 920, height: 96, left: 62, right: 20, top: 10, bottom: 6 }
/** Share of the width for the profiled part, however short it was, so that a range of it can be dragged. */
const PANEL = 0.24
const GAP = 24
/** Marks of the axis that are nearer to each other would touch. */
const MARK = 36
/** Points of one line: no screen shows more, and each of them costs bytes. */
const POINTS = 64

const MEBIBYTE = 2 ** 20

/** One drawing of the timeline: a value of every slice. */
interface Track {
  title: string
  unit: string
  at(slices: Slices, i: number): number | null
}

const perRequest =
  (field: 'cpu' | 'gcPause' | 'runDelay'): Track['at'] =>
  (slices, i) => {
    const [spent, requests] = [slices[field]?.[i] ?? null, slices.requests?.[i]]
    return spent === null || !requests ? null : spent / requests
  }

const TRACKS: Track[] = [
  {
    title: 'CPU per request: should be level after the shaded part',
    unit: 'ns',
    at: perRequest('cpu'),
  },
  {
    title: 'Compiled code: should have stopped growing after the shaded part',
    unit: 'bytes',
    at: (slices, i) => slices.codeSize?.[i] ?? null,
  },
  {
    title: 'GC pauses per request: should be the same from slice to slice',
    unit: 'ns',
    at: perRequest('gcPause'),
  },
  {
    title: 'Waiting for a processor, per request: the time that other work took',
    unit: 'ns',
    at: perRequest('runDelay'),
  },
  {
    title: 'Longest delay of the event loop: the time that a request may have to wait',
    unit: 'ns',
    at: (slices, i) => slices.loopDelay?.[i] ?? null,
  },
  {
    title: 'JS heap in use: a sawtooth is fine, a slope is not',
    unit: 'bytes',
    at: (slices, i) => slices.heapUsed?.[i] ?? null,
  },
]

interface Point {
  /** Milliseconds since the first timed slice of the launch; negative in the warm-up. */
  time: number
  value: number
}

interface Line {
  side: 'before' | 'after'
  /** The warm-up, then the timed slices: between them the launch waited for the others. */
  parts: Point[][]
  /** The profiled slices, in milliseconds since the first of them. */
  profiled: Point[]
}

/** @param place where the page keeps the tree of each flame */
export function timelineSection(
  report: Report,
  pair: Pair,
  profiled: Profiled,
  place: ReadonlyMap<Flame, number>,
) {
  const flame = profiled.analysis.flames.find(it => it.variant === pair.variant.id && it.moments)
  const tracks = tracksOf(report, pair, flame?.collector)
  const times = tracks.flatMap(it => it.lines.flatMap(({ parts }) => parts.flat().map(point => point.time)))
  const [begin, end] = times.reduce(([low, high], at) => [Math.min(low, at), Math.max(high, at)], [0, 1])
  const panel = flame?.moments ? panelOf(flame, flame.moments) : null
  const x = linear(begin, end, BOX.left, panel ? panel.x - GAP : BOX.width - BOX.right)
  const own = panel && linear(0, panel.length, panel.x, panel.x + panel.width)
  return {
    empty: tracks.length === 0,
    flame: flame ? (place.get(flame) ?? '') : '',
    box: BOX,
    label: BOX.left - 8,
    panel,
    axis: [
      ...ticks(begin, end, panel ? 5 : 7)
        .map(at => ({ x: x(at), text: clock(at) }))
        .filter(mark => !panel || mark.x < panel.x - MARK),
      ...(own
        ? ticks(0, panel.length, 3).map(at => ({ x: own(at), text: at === 0 ? '0' : tick(at, 'ms') }))
        : []),
    ],
    shade: { x: BOX.left, width: Math.max(0, x(0) - BOX.left) },
    tracks: tracks.map(({ track, lines }) =>
      trackView(track, within(lines, panel?.length ?? 0), x, own ?? x),
    ),
  }
}

function tracksOf(report: Report, pair: Pair, collector: string | undefined) {
  const sides = [
    { side: 'before' as const, samples: samplesOf(report, pair.baseline.id) },
    { side: 'after' as const, samples: samplesOf(report, pair.variant.id) },
  ]
  return TRACKS.map(track => {
    const all = sides.flatMap(({ side, samples }) =>
      samples.map(sample => line(track, side, sample, collector)),
    )
    return { track, lines: all.filter(it => it.parts.some(points => points.length > 1)) }
  }).filter(it => it.lines.length > 0)
}

/** Slices after the last sample are outside of the profile. */
const within = (lines: Line[], length: number): Line[] =>
  lines.map(it => ({ ...it, profiled: it.profiled.filter(({ time }) => time <= length) }))

/** Where the profiled part is drawn, and its length in milliseconds. */
function panelOf(flame: Flame, { step, requests }: Moments) {
  const width = Math.round((BOX.width - BOX.left - BOX.right) * PANEL)
  return {
    x: BOX.width - BOX.right - width,
    width,
    length: step * requests.before.length,
    title: collectorTitle(flame.collector),
  }
}

/** `−1.5 s`, `0`, `+2 s` */
const clock = (ms: number): string => (ms === 0 ? '0' : `${ms < 0 ? '−' : '+'}${tick(Math.abs(ms), 'ms')}`)

function line(track: Track, side: Line['side'], sample: Sample, collector = ''): Line {
  const zeroOf = ({ start = [] }: Slices) => start.find(it => it !== null) ?? 0
  const begun = zeroOf(sample.columns)
  const profiled = sample.collected[collector]?.slices
  const points = (slices: Slices, zero = begun): Point[] =>
    (slices.start ?? []).flatMap((start, i) => {
      const value = track.at(slices, i)
      return start === null || value === null || !Number.isFinite(value)
        ? []
        : [{ time: start - zero, value }]
    })
  return {
    side,
    parts: [thin(points(sample.warmup?.slices ?? {})), thin(points(sample.columns))],
    profiled: profiled ? thin(points(profiled, zeroOf(profiled))) : [],
  }
}

/** Neighbours become their median, so that no line has more than `POINTS` points. */
function thin(points: Point[]): Point[] {
  const size = Math.ceil(points.length / POINTS)
  if (size <= 1) return points
  const groups = Array.from({ length: Math.ceil(points.length / size) }, (_, i) =>
    points.slice(i * size, (i + 1) * size),
  )
  return groups.map(group => ({
    time: median(group.map(it => it.time)),
    value: median(group.map(it => it.value)),
  }))
}

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted.length === 0 ? 0 : sorted[Math.floor(sorted.length / 2)]!
}

function trackView(track: Track, lines: Line[], x: Scale, own: Scale) {
  const values = lines
    .flatMap(it => [...it.parts.flat(), ...it.profiled].map(point => point.value))
    .sort((a, b) => a - b)
  // One slice that was disturbed a hundredfold must not flatten the rest: it leaves the drawing at the top.
  const top = Math.max(values[Math.floor((values.length - 1) * 0.985)] ?? 1, 1e-9) * 1.08
  const y = linear(0, top, BOX.height - BOX.bottom, BOX.top)
  return {
    title: track.title,
    yTicks: (track.unit === 'bytes'
      ? ticks(0, top / MEBIBYTE, 3).map(it => it * MEBIBYTE)
      : ticks(0, top, 3)
    ).map(at => ({ y: y(at), text: at === 0 ? '0' : tick(at, track.unit) })),
    lines: lines.flatMap(({ side, parts, profiled }) =>
      [...parts.map(points => ({ points, scale: x })), { points: profiled, scale: own }]
        .filter(({ points }) => points.length > 0)
        .map(({ points, scale }) => ({
          side,
          // Points are several units apart, and whole ones keep the page small.
          points: polyline(
            points.map(it => [Math.round(scale(it.time)), Math.max(BOX.top - 4, y(it.value))]),
          ),
        })),
    ),
  }
}
