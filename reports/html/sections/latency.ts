/** Latency as percentile curves: the tail gets as much room as the middle. */
import type { LatencyCurve, Report } from '../../../harness/model/report.ts'
import { tick, value } from '../../../harness/words/numbers.ts'
import { clip, visible } from '../../../harness/words/text.ts'
import type { Pair } from '../../shared/pairs.ts'
import { linear, logarithmic, logTicks, polyline, type Scale } from '../scale.ts'
import { histogramChart } from './histogram.ts'
import { phasesChart } from './phases.ts'

const BOX = { width: 440, height: 210, left: 52, right: 30, top: 12, bottom: 28 }
/** All requests together get the room of two steps. */
const TALL = { ...BOX, height: 470 }
const MARKS = [0, 50, 90, 99, 99.9, 99.99]
/** Nines after which a percentile of a few hundred thousand requests is noise. */
const LAST = 99.99

export function latencySection(report: Report, pair: Pair) {
  const of = (variant: string) => report.analysis.latency.filter(it => it.variant === variant && drawable(it))
  const [before, after] = [of(pair.baseline.id), of(pair.variant.id)]
  const steps = [...new Set([...before, ...after].map(it => it.step))]
  const [all, alone] = [sidesOf(before, after, 'all'), steps.length === 1]
  const [first, second] = [all.find(isSide('before')), all.find(isSide('after'))]
  return {
    empty: steps.length === 0,
    open: all.some(({ side }) => side.endsWith(DASHED)),
    title: sectionTitle(first?.curve, second?.curve),
    histogram: histogramChart(first?.curve, second?.curve),
    phases: phasesChart(before.filter(isPhase), after.filter(isPhase)),
    charts: steps.map(step => chart(step, sidesOf(before, after, step), alone)),
  }
}

/** A curve and how it is drawn: `before`, `after`, and dashed what an open loop did not correct. */
interface Side {
  side: string
  curve: LatencyCurve
}

const DASHED = ' dashed'

const isSide = (wanted: string) => (it: Side) => it.side === wanted

/** Of all requests of a phase. */
const isPhase = ({ step, kind, phase }: LatencyCurve) =>
  step === 'all' && kind !== 'uncorrected' && phase !== undefined

function sidesOf(before: LatencyCurve[], after: LatencyCurve[], step: string): Side[] {
  const whole = (curves: LatencyCurve[], uncorrected: boolean) =>
    curves.find(
      it => it.step === step && it.phase === undefined && (it.kind === 'uncorrected') === uncorrected,
    )
  return [
    { side: 'before', curve: whole(before, false) },
    { side: 'after', curve: whole(after, false) },
    { side: `before${DASHED}`, curve: whole(before, true) },
    { side: `after${DASHED}`, curve: whole(after, true) },
  ].flatMap(({ side, curve }) => (curve ? [{ side, curve }] : []))
}

const drawable = (curve: LatencyCurve): boolean => curve.points.some(point => point.value > 0)

function chart(step: string, sides: Side[], alone: boolean) {
  const box = step === 'all' && !alone ? TALL : BOX
  const points = sides.flatMap(({ curve }) => usable(curve))
  const low = Math.min(...points.map(point => Math.max(1, point.low)))
  const high = Math.max(...points.map(point => point.high), low * 1.1)
  const x = nines(linear(0, nine(LAST), BOX.left, BOX.width - BOX.right))
  const y = logarithmic(low, high, box.height - box.bottom, box.top)
  return {
    step: step === 'all' ? 'All requests' : clip(visible(step), 80),
    whole: step === 'all',
    title: title(sides.find(isSide('before'))?.curve, sides.find(isSide('after'))?.curve),
    box,
    base: box.height - box.bottom,
    label: box.height - 9,
    end: BOX.width - BOX.right,
    xTicks: MARKS.map(percentile => ({
      x: x(percentile),
      text: percentile === 0 ? 'min' : `p${percentile}`,
      // The median is near: the two would touch on a narrow screen.
      anchor: percentile === 0 ? 'end' : 'middle',
    })),
    yTicks: logTicks(low, high).map(at => ({ y: y(at), text: tick(at, 'µs') })),
    curves: sides.map(({ side, curve }) => ({ side, ...lines(usable(curve), x, y) })),
  }
}

const usable = (curve: LatencyCurve) =>
  curve.points.filter(
    it => it.percentile <= LAST && it.value > 0 && [it.value, it.low, it.high].every(Number.isFinite),
  )

/** How many nines: 0 at the minimum, 1 at p90, 2 at p99. */
const nine = (percentile: number): number => -Math.log10(1 - Math.min(percentile, LAST) / 100)

const nines =
  (scale: Scale): Scale =>
  percentile =>
    scale(nine(percentile))

function lines(points: LatencyCurve['points'], x: Scale, y: Scale) {
  const at = (side: 'value' | 'low' | 'high') =>
    points.map(it => [x(it.percentile), y(it[side])] as [number, number])
  return { line: polyline(at('value')), band: polyline([...at('low'), ...at('high').reverse()]) }
}

/** What the charts show, in one line. */
function sectionTitle(before: LatencyCurve | undefined, after: LatencyCurve | undefined): string {
  const at = (curve: LatencyCurve | undefined, percentile: number) =>
    curve?.points.find(point => point.percentile === percentile)?.value
  const moves = [50, 99].flatMap(percentile => {
    const [from, to] = [at(before, percentile), at(after, percentile)]
    const name = percentile === 50 ? 'the median goes' : `p${percentile}`
    return from && to ? [`${name} from ${value(from, 'µs')} to ${value(to, 'µs')}`] : []
  })
  return moves.length > 0 ? `Latency: ${moves.join(', ')}` : 'Latency: how slow the slow ones are'
}

function title(before: LatencyCurve | undefined, after: LatencyCurve | undefined): string {
  const at = (curve: LatencyCurve | undefined, percentile: number) =>
    curve?.points.find(point => point.percentile === percentile)?.value
  const sides = [50, 99].map(percentile => {
    const [from, to] = [at(before, percentile), at(after, percentile)]
    return `p${percentile} ${value(from, 'µs')} → ${value(to, 'µs')}`
  })
  return sides.join(', ')
}
