/** Latency from phase to phase of a load whose rate changes: where it breaks away, the service cannot follow. */
import type { LatencyCurve } from '../../../harness/model/report.ts'
import { tick, value } from '../../../harness/words/numbers.ts'
import { clip, visible } from '../../../harness/words/text.ts'
import { linear, logarithmic, logTicks, polyline } from '../scale.ts'

const BOX = { width: 440, height: 210, left: 52, right: 30, top: 12, bottom: 28 }
/** The middle, and one in a hundred. */
const PERCENTILES = [50, 99]

/** Curves of one side, each of one phase, in the order of the phases; `null` where there are fewer than two. */
export function phasesChart(before: LatencyCurve[], after: LatencyCurve[]) {
  const names = [...new Set([...before, ...after].map(({ phase }) => phase ?? ''))]
  if (names.length < 2) return null
  const lines = [
    { side: 'before', curves: before },
    { side: 'after', curves: after },
  ].flatMap(({ side, curves }) =>
    PERCENTILES.map(percentile => ({
      side: percentile === 50 ? side : `${side} dashed`,
      points: names.flatMap((name, at): [number, number][] => {
        const point = curves
          .find(({ phase }) => phase === name)
          ?.points.find(it => it.percentile === percentile)
        return point && point.value > 0 ? [[at, point.value]] : []
      }),
    })),
  )
  const figures = lines.flatMap(({ points }) => points.map(([, latency]) => latency))
  if (figures.length === 0) return null
  const [low, high] = [Math.min(...figures), Math.max(...figures) * 1.1]
  const x = linear(-0.3, names.length - 0.7, BOX.left, BOX.width - BOX.right)
  const y = logarithmic(low, high, BOX.height - BOX.bottom, BOX.top)
  const last = after.at(-1)?.points.find(({ percentile }) => percentile === 99)?.value
  return {
    box: BOX,
    base: BOX.height - BOX.bottom,
    end: BOX.width - BOX.right,
    label: BOX.height - 9,
    title: `the median, and dashed p99${last ? `, which ends at ${value(last, 'µs')}` : ''}`,
    xTicks: names.map((name, at) => ({ x: x(at), text: clip(visible(name), 14) })),
    yTicks: logTicks(low, high).map(at => ({ y: y(at), text: tick(at, 'µs') })),
    lines: lines.map(({ side, points }) => ({
      side,
      points: polyline(points.map(([at, latency]) => [x(at), y(latency)])),
    })),
  }
}
