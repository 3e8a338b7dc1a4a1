/** How often which latency was met: two humps show here, and hide in a percentile curve. */
import type { LatencyCurve } from '../../../harness/model/report.ts'
import { digits, tick, value } from '../../../harness/words/numbers.ts'
import { linear, logarithmic, logTicks, polyline, type Scale, ticks } from '../scale.ts'

const BOX = { width: 440, height: 210, left: 52, right: 16, top: 12, bottom: 28 }
/** Buckets above this share of all answers are drawn; the tail beyond is what the percentile curves are for. */
const DRAWN = 0.9995

/** `null` where no side has buckets. */
export function histogramChart(before: LatencyCurve | undefined, after: LatencyCurve | undefined) {
  const sides = [
    { side: 'before', curve: before },
    { side: 'after', curve: after },
  ].flatMap(({ side, curve }) => (curve && curve.histogram.length > 0 ? [{ side, ...shares(curve) }] : []))
  if (sides.length === 0) return null
  const from = Math.min(...sides.map(({ buckets }) => lowerEnd(buckets)))
  const to = Math.max(...sides.map(({ buckets }) => buckets.at(-1)!.upTo))
  const most = Math.max(...sides.flatMap(({ buckets }) => buckets.map(it => it.share)))
  const x = logarithmic(from, to, BOX.left, BOX.width - BOX.right)
  const y = linear(0, most * 1.05, BOX.height - BOX.bottom, BOX.top)
  return {
    box: BOX,
    base: BOX.height - BOX.bottom,
    end: BOX.width - BOX.right,
    label: BOX.height - 9,
    title: sides.map(({ side, mode }) => `${side} most often about ${value(mode, 'µs')}`).join(', '),
    xTicks: logTicks(from, to).map(at => ({ x: x(at), text: tick(at, 'µs') })),
    yTicks: ticks(0, most, 3).map(at => ({ y: y(at), text: `${digits(at * 100)} %` })),
    areas: sides.map(({ side, buckets }) => ({ side, points: outline(buckets, x, y) })),
  }
}

interface Shares {
  buckets: { upTo: number; share: number }[]
  /** µs: the end of the fullest bucket. */
  mode: number
}

function shares({ histogram, count }: LatencyCurve): Shares {
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

/** Buckets are equally wide on a logarithmic axis; of a single one the width is unknown. */
const lowerEnd = (buckets: Shares['buckets']): number => {
  const [first, second] = buckets
  return second ? first!.upTo ** 2 / second.upTo : first!.upTo / 1.1
}

/** Steps, closed along the axis. */
function outline(buckets: Shares['buckets'], x: Scale, y: Scale): string {
  const start = x(lowerEnd(buckets))
  const steps = buckets.flatMap(({ upTo, share }, i): [number, number][] => [
    [i === 0 ? start : x(buckets[i - 1]!.upTo), y(share)],
    [x(upTo), y(share)],
  ])
  return polyline([[start, y(0)], ...steps, [x(buckets.at(-1)!.upTo), y(0)]])
}
