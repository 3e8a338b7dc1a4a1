/** What happened when: every launch drawn over the others, on one axis of time that is zero when measuring begins. */
import type { LaunchRecord, Slices } from '../../../harness/model/record.ts'
import type { Report } from '../../../harness/model/report.ts'
import { tick } from '../../shared/numbers.ts'
import type { Pair } from '../../shared/pairs.ts'
import { linear, polyline, type Scale, ticks } from '../scale.ts'

const BOX = { width: 1000, height: 112, left: 70, right: 12, top: 10, bottom: 6 }
/** Points of one line; more than this no screen shows and every one of them costs bytes. */
const POINTS = 64

const MEBIBYTE = 2 ** 20

interface Track {
  id: string
  title: string
  unit: string
  at(slices: Slices, i: number): number | null
}

const ratio = (a: number | null | undefined, b: number | null | undefined): number | null =>
  a === null || a === undefined || !b ? null : a / b

const TRACKS: Track[] = [
  {
    id: 'cpu',
    title: 'CPU per request: should be level where the shade ends',
    unit: 'ns',
    at: (slices, i) => ratio(slices.cpu[i], slices.requests[i]),
  },
  {
    id: 'code',
    title: 'Compiled code: should have stopped growing where the shade ends',
    unit: 'bytes',
    at: (slices, i) => slices.codeSize[i] ?? null,
  },
  {
    id: 'gc',
    title: 'GC pauses per request: should be alike from slice to slice',
    unit: 'ns',
    at: (slices, i) => ratio(slices.gcPause[i], slices.requests[i]),
  },
  {
    id: 'delay',
    title: 'Waiting for a processor, per request: what other work took',
    unit: 'ns',
    at: (slices, i) => ratio(slices.runDelay[i], slices.requests[i]),
  },
]

interface Point {
  /** Milliseconds since the first timed slice of the launch; negative in the warm-up. */
  time: number
  value: number
}

interface Line {
  side: 'before' | 'after'
  /** Of the warm-up, then of the timed slices: between them the launch waited for the others. */
  parts: Point[][]
}

export function timelineSection(report: Report, pair: Pair) {
  const launches = report.run.rounds.flatMap(round => round.launches)
  const sides = [
    { side: 'before' as const, launches: launches.filter(it => it.variant === pair.baseline.id) },
    { side: 'after' as const, launches: launches.filter(it => it.variant === pair.variant.id) },
  ]
  const tracks = TRACKS.map(track => {
    const all = sides.flatMap(({ side, launches }) => launches.map(launch => line(track, side, launch)))
    return { track, lines: all.filter(it => it.parts.some(points => points.length > 1)) }
  }).filter(it => it.lines.length > 0)
  const times = tracks.flatMap(it => it.lines.flatMap(({ parts }) => parts.flat().map(point => point.time)))
  const [begin, end] = times.reduce(([low, high], at) => [Math.min(low, at), Math.max(high, at)], [0, 1])
  const x = linear(begin, end, BOX.left, BOX.width - BOX.right)
  return {
    empty: tracks.length === 0,
    box: BOX,
    axis: ticks(begin, end, 7).map(at => ({ x: x(at), text: clock(at) })),
    shade: { x: BOX.left, width: Math.max(0, x(0) - BOX.left) },
    tracks: tracks.map(({ track, lines }) => trackView(track, lines, x)),
  }
}

/** `−1.5 s`, `0`, `+2 s` */
const clock = (ms: number): string => (ms === 0 ? '0' : `${ms < 0 ? '−' : '+'}${tick(Math.abs(ms), 'ms')}`)

function line(track: Track, side: Line['side'], launch: LaunchRecord): Line {
  const zero = launch.timed.start.find(it => it !== null) ?? 0
  const points = (slices: Slices): Point[] =>
    slices.start.flatMap((start, i) => {
      const value = track.at(slices, i)
      return start === null || value === null || !Number.isFinite(value)
        ? []
        : [{ time: start - zero, value }]
    })
  return { side, parts: [thin(points(launch.warmup.slices)), thin(points(launch.timed))] }
}

/** Neighbours joined into their median, so that no line has more than `POINTS` points. */
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

function trackView(track: Track, lines: Line[], x: Scale) {
  const values = lines.flatMap(it => it.parts.flat().map(point => point.value)).sort((a, b) => a - b)
  // One slice that was disturbed a hundredfold must not flatten the rest: it leaves the drawing at its top.
  const top = Math.max(values[Math.floor((values.length - 1) * 0.985)] ?? 1, 1e-9) * 1.08
  const y = linear(0, top, BOX.height - BOX.bottom, BOX.top)
  return {
    title: track.title,
    yTicks: (track.unit === 'bytes'
      ? ticks(0, top / MEBIBYTE, 3).map(it => it * MEBIBYTE)
      : ticks(0, top, 3)
    ).map(at => ({ y: y(at), text: at === 0 ? '0' : tick(at, track.unit) })),
    lines: lines.flatMap(({ side, parts }) =>
      parts.map(points => ({
        side,
        points: polyline(points.map(it => [x(it.time), Math.max(BOX.top - 4, y(it.value))])),
      })),
    ),
  }
}
