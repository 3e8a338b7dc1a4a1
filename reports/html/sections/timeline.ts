/** What happened when: all launches drawn over each other, on an axis of time that is zero when measuring begins. */
import type { ColumnName } from '../../../harness/model/columns.ts'
import type { Sample } from '../../../harness/model/evidence.ts'
import type { Flame, Moments } from '../../../harness/model/flame.ts'
import type { Slices } from '../../../harness/model/launch.ts'
import type { Report } from '../../../harness/model/report.ts'
import { tick } from '../../../harness/words/numbers.ts'
import { collectorTitle, type Profiled } from '../../shared/functions.ts'
import { type Pair, samplesOf } from '../../shared/pairs.ts'
import { linear, type Scale, steps, ticks } from '../chart.ts'

const BOX = { width: 920, height: 96, left: 62, right: 20, top: 10, bottom: 6 }
/** Share of the width for the profiled part, however short it was, so that a range of it can be dragged. */
const PANEL = 0.24
const GAP = 24
/** Marks of the axis that are nearer to each other would touch. */
const MARK = 36
/** Points of one line: no screen shows more, and each of them costs bytes. */
const POINTS = 64

/** The grid on which the lines of a variant are drawn; finer than a screen, and whole numbers keep the page small. */
const GRID = { width: 840, profiled: 200, height: 160 }

const MEBIBYTE = 2 ** 20

/** One drawing of the timeline: a value of every slice. */
interface Track {
  title: string
  unit: string
  at(slices: Slices, i: number): number | null
}

const perRequest = (field: ColumnName, title: string): Track => ({
  title,
  unit: 'ns',
  at: (slices, i) => {
    const [spent, requests] = [slices[field]?.[i] ?? null, slices.requests?.[i]]
    return spent === null || !requests ? null : spent / requests
  },
})

const level = (field: ColumnName, unit: string, title: string): Track => ({
  title,
  unit,
  at: (slices, i) => slices[field]?.[i] ?? null,
})

const TRACKS = [
  perRequest('cpu', 'CPU per request: should be level after the shaded part'),
  level(
    'codeSize',
    'bytes',
    'Compiled code, read in the shaded part only because it takes long: should have stopped growing there',
  ),
  perRequest('gcPause', 'GC pauses per request: should be the same from slice to slice'),
  perRequest('runDelay', 'Waiting for a processor, per request: the time that other work took'),
  level('loopDelay', 'ns', 'Longest delay of the event loop: the time that a request may have to wait'),
  level('heapUsed', 'bytes', 'JS heap in use: a sawtooth is fine, a slope is not'),
]

interface Point {
  /** Milliseconds since the first timed slice of the launch, negative in the warm-up; or since the first profiled one. */
  time: number
  value: number
}

/** The lines of one variant in one track, drawn once and shown in every pair that it belongs to. */
type Drawing = ReturnType<Timelines['draw']>

/** The timelines of all pairs, and the groups that they share. */
export class Timelines {
  /** Paths that a timeline shows by the id of their group. */
  readonly groups: { id: string; paths: string[] }[] = []
  readonly #drawings = new Map<string, Drawing | undefined>()
  readonly #report: Report

  constructor(report: Report) {
    this.#report = report
  }

  /** @param place where the page keeps the tree of each flame */
  section(pair: Pair, profiled: Profiled, place: ReadonlyMap<Flame, number>) {
    const flame = profiled.analysis.flames.find(it => it.variant === pair.variant.id && it.moments)
    const panel = flame?.moments ? panelOf(flame, flame.moments) : null
    const tracks = TRACKS.map(track => ({
      track,
      sides: (['before', 'after'] as const).flatMap(side => {
        const { id } = side === 'before' ? pair.baseline : pair.variant
        const drawing = this.#drawing(track, id, flame?.collector)
        return drawing ? [{ side, drawing }] : []
      }),
    })).filter(({ sides }) => sides.length > 0)
    const drawings = tracks.flatMap(({ sides }) => sides.map(({ drawing }) => drawing))
    const begin = Math.min(0, ...drawings.map(it => it.begin))
    const end = Math.max(1, ...drawings.map(it => it.end))
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
      tracks: tracks.map(({ track, sides }) => trackView(track, sides, x, panel)),
    }
  }

  #drawing(track: Track, variant: string, collector = ''): Drawing | undefined {
    const key = JSON.stringify([track.title, variant, collector])
    if (!this.#drawings.has(key)) {
      const lines = samplesOf(this.#report, variant)
        .map(sample => lineOf(track, sample, collector))
        .filter(({ parts }) => parts.some(points => points.length > 1))
      this.#drawings.set(key, lines.length > 0 ? this.draw(lines) : undefined)
    }
    return this.#drawings.get(key)
  }

  private draw(lines: Line[]) {
    const timed = lines.flatMap(({ parts }) => parts.flat())
    const profiled = lines.flatMap(it => it.profiled)
    const [begin, end] = [Math.min(...timed.map(timeOf)), Math.max(...timed.map(timeOf))]
    const length = Math.max(1, ...profiled.map(timeOf))
    // In order.
    const values = [...timed, ...profiled].map(({ value }) => value).sort((a, b) => a - b)
    const top = topOf(values)
    const y = linear(0, top, 0, -GRID.height)
    const drawn = (x: Scale) => (points: Point[]) =>
      steps(points.map(({ time, value }) => [Math.round(x(time)), Math.round(y(value))]))
    const [across, own] = [linear(begin, end, 0, GRID.width), linear(0, length, 0, GRID.profiled)]
    return {
      begin,
      end,
      length,
      values,
      top,
      timed: this.#group(lines.map(({ parts }) => parts.map(drawn(across)).join(''))),
      profiled: this.#group(lines.map(it => drawn(own)(it.profiled)).filter(Boolean)),
    }
  }

  #group(paths: string[]): string {
    const id = `lines-${this.groups.length}`
    this.groups.push({ id, paths })
    return id
  }
}

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

/** One launch in one track. */
interface Line {
  /** The warm-up, then the timed slices: between them the launch waited for the others. */
  parts: Point[][]
  profiled: Point[]
}

const timeOf = ({ time }: Point): number => time

function lineOf(track: Track, sample: Sample, collector: string): Line {
  const zeroOf = ({ start = [] }: Slices) => start.find(it => it !== null) ?? 0
  const points = (slices: Slices, zero: number): Point[] =>
    thin(
      (slices.start ?? []).flatMap((start, i) => {
        const value = track.at(slices, i)
        return start === null || value === null || !Number.isFinite(value)
          ? []
          : [{ time: start - zero, value }]
      }),
    )
  const begun = zeroOf(sample.columns)
  const profiled = sample.collected[collector]?.slices ?? {}
  return {
    parts: [points(sample.warmup?.slices ?? {}, begun), points(sample.columns, begun)],
    profiled: points(profiled, zeroOf(profiled)),
  }
}

/** Neighbours become their median, so that no line has more than `POINTS` points. */
function thin(points: Point[]): Point[] {
  const size = Math.ceil(points.length / POINTS)
  if (size <= 1) return points
  const groups = Map.groupBy(points, (_, i) => Math.floor(i / size))
  return [...groups.values()].map(group => ({
    time: median(group.map(it => it.time)),
    value: median(group.map(it => it.value)),
  }))
}

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!

/** One slice that was disturbed a hundredfold must not flatten the rest: it leaves the drawing at the top. */
const topOf = (sorted: number[]): number =>
  Math.max(sorted[Math.floor((sorted.length - 1) * 0.985)] ?? 1, 1e-9) * 1.08

function trackView(
  { title, unit }: Track,
  sides: { side: string; drawing: Drawing }[],
  x: Scale,
  panel: ReturnType<typeof panelOf> | null,
) {
  const top = topOf(sides.flatMap(({ drawing }) => drawing.values).sort((a, b) => a - b))
  const base = BOX.height - BOX.bottom
  const y = linear(0, top, base, BOX.top)
  const placed = (id: string, side: string, left: number, width: number, it: Drawing) => {
    const height = ((it.top / top) * (base - BOX.top)) / GRID.height
    const scale = `scale(${width.toPrecision(4)} ${height.toPrecision(4)})`
    return { id, side, transform: `translate(${left} ${base})${scale}` }
  }
  return {
    title,
    yTicks: (unit === 'bytes' ? ticks(0, top / MEBIBYTE, 3).map(it => it * MEBIBYTE) : ticks(0, top, 3)).map(
      at => ({ y: y(at), text: at === 0 ? '0' : tick(at, unit) }),
    ),
    lines: sides.map(({ side, drawing: it }) =>
      placed(it.timed, side, x(it.begin), (x(it.end) - x(it.begin)) / GRID.width, it),
    ),
    // The template clips them: slices after the last sample are outside the profile.
    profiled: sides.map(({ side, drawing: it }) => {
      const width = panel ? (it.length / panel.length) * panel.width : 0
      return placed(it.profiled, side, 0, width / GRID.profiled, it)
    }),
  }
}
