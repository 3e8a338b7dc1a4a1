/** From figures to places on a drawing. */

export type Scale = (x: number) => number

/** Linear from `[from, to]` to `[start, end]`; a single point lands in the middle. */
export function linear(from: number, to: number, start: number, end: number): Scale {
  const extent = to - from
  return x => round(extent === 0 ? (start + end) / 2 : start + ((x - from) / extent) * (end - start))
}

/** Logarithmic; figures at or below zero land on the start. */
export function logarithmic(from: number, to: number, start: number, end: number): Scale {
  const scale = linear(Math.log(from), Math.log(to), start, end)
  return x => scale(Math.log(Math.max(x, from)))
}

/** A tenth of a unit is finer than any screen, and keeps the page small. */
export const round = (x: number): number => Math.round(x * 10) / 10

/** About `count` round figures from `from` to `to`. */
export function ticks(from: number, to: number, count: number): number[] {
  const raw = (to - from) / Math.max(1, count)
  if (!(raw > 0) || !Number.isFinite(raw)) return [from]
  const power = 10 ** Math.floor(Math.log10(raw))
  const step = ([1, 2, 2.5, 5, 10].find(factor => factor * power >= raw * 0.999) ?? 10) * power
  const first = Math.ceil(from / step - 1e-9)
  const last = Math.floor(to / step + 1e-9)
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)))
}

/** 1, 2 and 5 of every power of ten inside the range; powers only when that would be too many. */
export function logTicks(from: number, to: number): number[] {
  const low = Math.floor(Math.log10(from))
  const high = Math.ceil(Math.log10(to))
  const factors = high - low > 3 ? [1] : [1, 2, 5]
  const all = Array.from({ length: high - low + 1 }, (_, i) =>
    factors.map(factor => factor * 10 ** (low + i)),
  )
  return all.flat().filter(x => x >= from * 0.999 && x <= to * 1.001)
}

/** `x,y x,y …` for a polyline. */
export const polyline = (points: [number, number][]): string => points.map(([x, y]) => `${x},${y}`).join(' ')
