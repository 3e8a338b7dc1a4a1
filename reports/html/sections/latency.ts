/** Latency in charts: percentile curves, which give the tail as much room as the middle; a histogram; and phases. */
import type { LatencyCurve, Report } from '../../../harness/model/report.ts'
import { digits, tick, value } from '../../../harness/words/numbers.ts'
import { clip, visible } from '../../../harness/words/text.ts'
import type { Pair } from '../../shared/pairs.ts'
import {
  across,
  chart,
  linear,
  logarithmic,
  logTicks,
  polyline,
  type Scale,
  ticks,
  upwards,
} from '../chart.ts'

const BOX = { width: 440, height: 210, left: 52, right: 30, top: 12, bottom: 28 }
/** All requests together get the room of two steps. */
const TALL = { ...BOX, height: 470 }
const MARKS = [0, 50, 90, 99, 99.9, 99.99]
/** From here on a percentile of a few hundred thousand requests is noise. */
const LAST = 99.99
/** The histogram draws this share of all answers; the tail beyond is what the percentile curves are for. */
const DRAWN = 0.9995
/** Percentiles shown for every phase of a request. */
const PHASE_PERCENTILES = [50, 99]

export function latencySection(report: Report, pair: Pair) {
  const of = (variant: string) => report.analysis.latency.filter(it => it.variant === variant && drawable(it))
  const [before, after] = [of(pair.baseline.id), of(pair.variant.id)]
  const steps = [...new Set([...before, ...after].map(it => it.step))]
  const curves = steps.map(step => curvesChart(step, sidesOf(before, after, step), steps.length === 1))
  const all = sidesOf(before, after, 'all')
  return {
    empty: steps.length === 0,
    open: all.some(({ side }) => side.endsWith(DASHED)),
    title: sectionTitle(all),
    charts: [
      ...curves.filter(({ whole }) => whole),
      histogramChart(all),
      phasesChart(before.filter(isPhase), after.filter(isPhase)),
      ...curves.filter(({ whole }) => !whole),
    ].filter(it => it !== null),
  }
}

/** A curve and how it is drawn: `before`, `after`, and dashed what an open loop did not correct. */
interface Side {
  side: string
  curve: LatencyCurve
}

const DASHED = ' dashed'

const drawable = (curve: LatencyCurve): boolean => curve.points.some(point => point.value > 0)

/** All requests of a phase. */
const isPhase = ({ step, kind, phase }: LatencyCurve) =>
  step === 'all' && kind !== 'uncorrected' && phase !== undefined

function sidesOf(before: LatencyCurve[], after: LatencyCurve[], step: string): Side[] {
  const whole = (curves: LatencyCurve[], uncorrected: boolean) =>
    curves.find(
      it => it.step === step && it.phase === undefined && (it.kind === 'uncorrected') === uncorrected,
    )
  return ['', DASHED].flatMap(dashed =>
    Object.entries({ before, after }).flatMap(([side, curves]) => {
      const curve = whole(curves, dashed === DASHED)
      return curve ? [{ side: side + dashed, curve }] : []
    }),
  )
}

/** Latency at a percentile, before and after. */
function at(sides: Side[], percentile: number) {
  const [from, to] = ['before', 'after'].map(
    wanted =>
      sides.find(({ side }) => side === wanted)?.curve.points.find(point => point.percentile === percentile)
        ?.value,
  )
  return { from, to }
}

/** What the charts show, in one line. */
function sectionTitle(all: Side[]): string {
  const moves = [50, 99].flatMap(percentile => {
    const { from, to } = at(all, percentile)
    const name = percentile === 50 ? 'the median goes' : `p${percentile}`
    return from && to ? [`${name} from ${value(from, 'µs')} to ${value(to, 'µs')}`] : []
  })
  return moves.length > 0 ? `Latency: ${moves.join(', ')}` : 'Latency: how slow the slow requests are'
}

function curvesChart(step: string, sides: Side[], alone: boolean) {
  const box = step === 'all' && !alone ? TALL : BOX
  const points = sides.flatMap(({ curve }) => usable(curve))
  const low = Math.min(...points.map(point => Math.max(1, point.low)))
  const high = Math.max(...points.map(point => point.high), low * 1.1)
  const nines = linear(0, nine(LAST), ...across(box))
  const x = (percentile: number) => nines(nine(percentile))
  const y = logarithmic(low, high, ...upwards(box))
  const name = step === 'all' ? 'All requests' : clip(visible(step), 80)
  const changes = [50, 99].map(percentile => {
    const { from, to } = at(sides, percentile)
    return `p${percentile} ${value(from, 'µs')} → ${value(to, 'µs')}`
  })
  const title = changes.join(', ')
  const marks = MARKS.map(percentile => ({
    x: x(percentile),
    text: percentile === 0 ? 'min' : `p${percentile}`,
    // The median is near: the two would touch on a narrow screen.
    anchor: percentile === 0 ? 'end' : 'middle',
  }))
  return chart({
    box,
    xTicks: marks,
    yTicks: latencyTicks(low, high, y),
    name,
    title,
    described: `Latency percentiles, ${name}: ${title}`,
    whole: step === 'all',
    areas: sides.map(({ side, curve }) => ({ kind: `band ${side}`, points: band(usable(curve), x, y) })),
    lines: sides.map(({ side, curve }) => ({
      side,
      points: polyline(usable(curve).map(it => [x(it.percentile), y(it.value)])),
    })),
  })
}

const usable = (curve: LatencyCurve) =>
  curve.points.filter(
    it => it.percentile <= LAST && it.value > 0 && [it.value, it.low, it.high].every(Number.isFinite),
  )

/** How many nines: 0 at the minimum, 1 at p90, 2 at p99. */
const nine = (percentile: number): number => -Math.log10(1 - Math.min(percentile, LAST) / 100)

/** From the fastest to the slowest round. */
const band = (points: LatencyCurve['points'], x: Scale, y: Scale): string =>
  polyline([
    ...points.map(it => [x(it.percentile), y(it.low)] as [number, number]),
    ...points.toReversed().map(it => [x(it.percentile), y(it.high)] as [number, number]),
  ])

const latencyTicks = (low: number, high: number, y: Scale) =>
  logTicks(low, high).map(µs => ({ y: y(µs), text: tick(µs, 'µs') }))

/** How often each latency was met: two humps show here and hide in a percentile curve. None without buckets. */
function histogramChart(all: Side[]) {
  const box = { ...BOX, right: 16 }
  const sides = all.flatMap(({ side, curve }) =>
    side.endsWith(DASHED) || curve.histogram.length === 0 ? [] : [{ side, ...shares(curve) }],
  )
  if (sides.length === 0) return null
  const from = Math.min(...sides.map(({ buckets }) => lowerEnd(buckets)))
  const to = Math.max(...sides.map(({ buckets }) => buckets.at(-1)!.upTo))
  const most = Math.max(...sides.flatMap(({ buckets }) => buckets.map(it => it.share)))
  const x = logarithmic(from, to, ...across(box))
  const y = linear(0, most * 1.05, ...upwards(box))
  const modes = sides.map(({ side, mode }) => `${value(mode, 'µs')} ${side}`).join(', ')
  const title = `most common: ${modes}`
  return chart({
    box,
    xTicks: logTicks(from, to).map(µs => ({ x: x(µs), text: tick(µs, 'µs') })),
    yTicks: ticks(0, most, 3).map(share => ({ y: y(share), text: `${digits(share * 100)} %` })),
    name: 'How common each latency is',
    title,
    described: `Histogram of latency: ${title}`,
    areas: sides.map(({ side, buckets }) => ({ kind: `area ${side}`, points: outline(buckets, x, y) })),
  })
}

/** What is drawn of a histogram, and the end of its fullest bucket, in µs. */
function shares({ histogram, count }: LatencyCurve) {
  let met = 0
  const last = histogram.findIndex(bucket => {
    met += bucket.count
    return met >= count * DRAWN
  })
  const drawn = histogram.slice(0, last < 0 ? histogram.length : last + 1)
  const fullest = drawn.reduce((best, bucket) => (bucket.count > best.count ? bucket : best))
  const buckets = drawn.map(bucket => ({ upTo: bucket.upTo, share: bucket.count / Math.max(1, count) }))
  return { buckets, mode: fullest.upTo }
}

type Buckets = ReturnType<typeof shares>['buckets']

/** Buckets are equally wide on a logarithmic axis; the width of a single one is unknown. */
const lowerEnd = (buckets: Buckets): number => {
  const [first, second] = buckets
  return second ? first!.upTo ** 2 / second.upTo : first!.upTo / 1.1
}

/** Steps, closed along the axis. */
function outline(buckets: Buckets, x: Scale, y: Scale): string {
  const start = x(lowerEnd(buckets))
  const steps = buckets.flatMap(({ upTo, share }, i): [number, number][] => [
    [i === 0 ? start : x(buckets[i - 1]!.upTo), y(share)],
    [x(upTo), y(share)],
  ])
  return polyline([[start, y(0)], ...steps, [x(buckets.at(-1)!.upTo), y(0)]])
}

/** Phase by phase: where latency breaks away, the service cannot follow. None with fewer than two phases. */
function phasesChart(before: LatencyCurve[], after: LatencyCurve[]) {
  const names = [...new Set([...before, ...after].map(({ phase }) => phase ?? ''))]
  const lines = Object.entries({ before, after }).flatMap(([side, curves]) =>
    PHASE_PERCENTILES.map(percentile => ({
      side: percentile === 50 ? side : side + DASHED,
      points: names.flatMap((name, i): [number, number][] => {
        const curve = curves.find(({ phase }) => phase === name)
        const point = curve?.points.find(it => it.percentile === percentile)
        return point && point.value > 0 ? [[i, point.value]] : []
      }),
    })),
  )
  const latencies = lines.flatMap(({ points }) => points.map(([, latency]) => latency))
  if (names.length < 2 || latencies.length === 0) return null
  const [low, high] = [Math.min(...latencies), Math.max(...latencies) * 1.1]
  const x = linear(-0.3, names.length - 0.7, ...across(BOX))
  const y = logarithmic(low, high, ...upwards(BOX))
  const last = after.at(-1)?.points.find(({ percentile }) => percentile === 99)?.value
  const title = `the median, and dashed p99${last ? `, which ends at ${value(last, 'µs')}` : ''}`
  return chart({
    box: BOX,
    xTicks: names.map((name, i) => ({ x: x(i), text: clip(visible(name), 14) })),
    yTicks: latencyTicks(low, high, y),
    name: 'From phase to phase',
    title,
    described: `Latency by phase: ${title}`,
    lines: lines.map(({ side, points }) => ({
      side,
      points: polyline(points.map(([i, latency]) => [x(i), y(latency)])),
    })),
  })
}
