/** From numbers to places on a drawing. */

export type Scale = (x: number) => number

export interface Box {
  width: number
  height: number
  /** Margins around the drawing, for the text of its axes. */
  left: number
  right: number
  top: number
  bottom: number
}

/** The ends of a box's axes: from left to right, and from its base up. */
export const across = ({ left, width, right }: Box): [number, number] => [left, width - right]
export const upwards = ({ height, bottom, top }: Box): [number, number] => [height - bottom, top]

/** What the template of a chart draws. */
interface Chart {
  box: Box
  xTicks: { x: number; text: string; anchor?: string }[]
  yTicks: { y: number; text: string }[]
  name: string
  title: string
  /** For screen readers. */
  described: string
  /** Twice as high as others. */
  whole?: boolean
  areas?: { kind: string; points: string }[]
  lines?: { side: string; points: string }[]
}

export const chart = ({ box, xTicks, whole = false, areas = [], lines = [], ...rest }: Chart) => ({
  ...rest,
  box,
  base: box.height - box.bottom,
  end: box.width - box.right,
  label: box.height - 9,
  margin: box.left - 6,
  xTicks: xTicks.map(it => ({ anchor: 'middle', ...it })),
  whole,
  areas,
  lines,
})

/** Linear from `[from, to]` to `[start, end]`; a single point lands in the middle. */
export function linear(from: number, to: number, start: number, end: number): Scale {
  const extent = to - from
  return x => round(extent === 0 ? (start + end) / 2 : start + ((x - from) / extent) * (end - start))
}

/** Logarithmic; numbers at or below zero land on the start. */
export function logarithmic(from: number, to: number, start: number, end: number): Scale {
  const scale = linear(Math.log(from), Math.log(to), start, end)
  return x => scale(Math.log(Math.max(x, from)))
}

/** A tenth of a unit is finer than any screen, and keeps the page small. */
const round = (x: number): number => Math.round(x * 10) / 10

/** About `count` round numbers from `from` to `to`. */
export function ticks(from: number, to: number, count: number): number[] {
  const raw = (to - from) / Math.max(1, count)
  if (!(raw > 0) || !Number.isFinite(raw)) return [from]
  const power = 10 ** Math.floor(Math.log10(raw))
  const step = ([1, 2, 2.5, 5, 10].find(factor => factor * power >= raw * 0.999) ?? 10) * power
  const first = Math.ceil(from / step - 1e-9)
  const last = Math.floor(to / step + 1e-9)
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)))
}

/** 1, 2 and 5 of every power of ten inside the range; only the powers if that would be too many. */
export function logTicks(from: number, to: number): number[] {
  const low = Math.floor(Math.log10(from))
  const high = Math.ceil(Math.log10(to))
  const factors = high - low > 3 ? [1] : [1, 2, 5]
  const powers = Array.from({ length: high - low + 1 }, (_, i) => 10 ** (low + i))
  return powers
    .flatMap(power => factors.map(factor => factor * power))
    .filter(x => x >= from * 0.999 && x <= to * 1.001)
}

/** A line through whole points, written as steps from one to the next, which take half the bytes of their places. */
export function steps([first, ...rest]: [number, number][]): string {
  if (!first || rest.length === 0) return ''
  let [x, y] = first
  const moves = rest.map(point => {
    const move = `${point[0] - x} ${point[1] - y}`
    ;[x, y] = point
    return move
  })
  // A minus separates numbers as well as a space does.
  return `M${first.join(' ')}l${moves.join(' ')}`.replaceAll(' -', '-')
}

/** `x,y x,y …` for a polyline. */
export const polyline = (points: [number, number][]): string => points.map(([x, y]) => `${x},${y}`).join(' ')
