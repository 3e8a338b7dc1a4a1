/** Figures as a reader expects them: a unit always, as many digits as carry information, a true minus. */
import type { Change } from '../model/report.ts'

/** A figure and its unit, apart, so that columns can align them. */
export interface Quantity {
  figure: string
  unit: string
}

const TIME = [
  ['ns', 1],
  ['µs', 1e3],
  ['ms', 1e6],
  ['s', 1e9],
] as const

const BYTES = [
  ['B', 1],
  ['KiB', 2 ** 10],
  ['MiB', 2 ** 20],
  ['GiB', 2 ** 30],
] as const

/** Three significant digits, thousands apart, whole numbers above 1,000. */
export function digits(x: number): string {
  const size = Math.abs(x)
  const decimals = size >= 99.95 || size === 0 ? 0 : size >= 9.995 ? 1 : size >= 0.9995 ? 2 : 3
  return x
    .toLocaleString('en-US', { maximumFractionDigits: decimals, minimumFractionDigits: decimals })
    .replace('-', '−')
}

function scaled(x: number, steps: readonly (readonly [string, number])[]): Quantity {
  const size = Math.abs(x)
  // The next unit begins at what would be rounded up to it, so that 1,000 µs never appears.
  const step = steps.findLast(([, factor]) => size >= factor * 0.9995) ?? steps[0]!
  return { figure: digits(x / step[1]), unit: step[0] }
}

/** A value in its own unit, moved to the unit that is easiest to read; a dash where there is none. */
export function quantity(x: number | null | undefined, unit: string): Quantity {
  if (x === null || x === undefined || !Number.isFinite(x)) return { figure: '–', unit: '' }
  const time = TIME.find(([name]) => name === unit)
  if (time) return scaled(x * time[1], TIME)
  if (unit === 'bytes') return scaled(x, BYTES)
  if (unit === '1/s') return { figure: digits(x), unit: '/s' }
  if (unit === 'ratio') return { figure: digits(x * 100), unit: '%' }
  if (unit === 'count')
    return { figure: Number.isInteger(x) ? x.toLocaleString('en-US') : digits(x), unit: '' }
  return { figure: digits(x), unit }
}

/** `38.2 µs` */
export function value(x: number | null | undefined, unit: string): string {
  const { figure, unit: name } = quantity(x, unit)
  return name ? `${figure} ${name}` : figure
}

/** `500 µs`, `2 ms`: for an axis, without zeros that say nothing. */
export const tick = (x: number, unit: string): string =>
  value(x, unit).replace(/\.0+(?= |$)|(\.\d*?)0+(?= |$)/, '$1')

/** `+3.4` for 0.034: percent without its sign, with as many decimals as its size deserves. */
export function points(x: number): string {
  if (!Number.isFinite(x)) return '–'
  const percent = x * 100
  const size = Math.abs(percent)
  const decimals = size >= 99.95 ? 0 : size >= 0.0995 || size === 0 ? 1 : 2
  const text = Math.abs(percent).toLocaleString('en-US', {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  })
  return Number(text.replace(/,/g, '')) === 0 ? text : `${percent < 0 ? '−' : '+'}${text}`
}

/** `+3.4 %` */
export const percent = (x: number): string => (Number.isFinite(x) ? `${points(x)} %` : '–')

/** `3.4 %`, whatever the direction. */
export const magnitude = (x: number): string => percent(x).replace(/^[+−]/, '')

/** The change when each of its figures is one; analysis of a broken run may hand over anything. */
export function sound(change: Change | null | undefined): Change | null {
  if (!change) return null
  return [change.estimate, change.low, change.high].every(Number.isFinite) ? change : null
}

/** `−12.3 … −10.1 %` */
export function interval(change: Change | null): string {
  const it = sound(change)
  return it ? `${points(it.low)} … ${points(it.high)} %` : '–'
}

/** `48 s`, `2 min 03 s`, from milliseconds. */
export function duration(ms: number): string {
  if (!Number.isFinite(ms)) return '–'
  if (ms < 999.5) return `${Math.round(ms)} ms`
  const seconds = ms / 1000
  if (seconds < 10) return `${digits(seconds)} s`
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole} s`
  return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`
}

/** `1 round`, `8 rounds` */
export const counted = (n: number, noun: string): string =>
  `${n.toLocaleString('en-US')} ${noun}${n === 1 ? '' : 's'}`
