/**
 * Numbers as text, the same in every report, message and reason. A space separates number and unit, and the minus sign is
 * U+2212. Each kind of number has one rounding:
 *
 * | what | function | rounding |
 * | --- | --- | --- |
 * | a measured value | `value` | three significant digits, in the unit that is easiest to read |
 * | a value next to a limit | `precise` | its own unit, whole part in full, four significant digits |
 * | a change | `signedPercent`, `magnitude`, `interval` | one decimal, two below 0.1 %, none from 100 % |
 * | a share of a whole | `share` | more decimals towards either end; never rounded up to 100 % or down to 0 |
 * | a percentage that somebody chose | `percent` | as it was written |
 * | a time that passed | `duration` | the two largest units |
 */
import type { Change } from '../model/comparison.ts'

/** A number and its unit, apart, so that columns can align them. */
export interface Quantity {
  figure: string
  unit: string
}

const TIME: Record<string, number> = { ns: 1, µs: 1e3, ms: 1e6, s: 1e9 }
const BYTES: Record<string, number> = { B: 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 }

/** By number of decimals. Made once: a formatter takes far longer to make than to use, and every look writes reasons. */
const formats = [0, 1, 2, 3].map(
  decimals =>
    new Intl.NumberFormat('en-US', { maximumFractionDigits: decimals, minimumFractionDigits: decimals }),
)

const fixed = (x: number, decimals: number): string => formats[decimals]!.format(x).replace('-', '−')

/** Three significant digits, thousands apart, whole numbers above 1,000; `0` for what three decimals do not show. */
export function digits(x: number): string {
  const size = Math.abs(x)
  if (size < 0.0005) return '0'
  return fixed(x, size >= 99.95 ? 0 : size >= 9.995 ? 1 : size >= 0.9995 ? 2 : 3)
}

function scaled(x: number, units: Record<string, number>): Quantity {
  const steps = Object.entries(units)
  // The next unit begins at what would be rounded up to it, so that 1,000 µs never appears.
  const [unit, factor] = steps.findLast(([, factor]) => Math.abs(x) >= factor * 0.9995) ?? steps[0]!
  return { figure: digits(x / factor), unit }
}

/** A value moved to the unit that is easiest to read; a dash if there is none. */
export function quantity(x: number | null | undefined, unit: string): Quantity {
  if (x === null || x === undefined || !Number.isFinite(x)) return { figure: '–', unit: '' }
  if (Object.hasOwn(TIME, unit)) return scaled(x * TIME[unit]!, TIME)
  if (unit === 'bytes') return scaled(x, BYTES)
  if (unit === '1/s') return { figure: digits(x), unit: '/s' }
  if (unit === 'ratio') return { figure: digits(x * 100), unit: '%' }
  if (unit === 'count') return { figure: Number.isInteger(x) ? fixed(x, 0) : digits(x), unit: '' }
  return { figure: digits(x), unit }
}

const joined = ({ figure, unit }: Quantity): string => (unit ? `${figure} ${unit}` : figure)

/** `38.2 µs` */
export const value = (x: number | null | undefined, unit: string): string => joined(quantity(x, unit))

/** `+3.1 µs`, `−1.20 KiB`; without a sign if it rounds to zero. */
export function signedValue(x: number, unit: string): string {
  const size = value(Math.abs(x), unit)
  return /[1-9]/.test(size) ? `${x < 0 ? '−' : '+'}${size}` : size
}

/** `1,204 µs`, `3,121 bytes`: two values that differ rarely look the same. */
export function precise(x: number, unit: string): string {
  const shown = unit === 'ratio' ? x * 100 : x
  const figure = Math.abs(shown) >= 1000 ? fixed(shown, 0) : `${Number(shown.toPrecision(4))}`
  const names: Record<string, string> = { ratio: '%', count: '', '1/s': '/s' }
  return joined({ figure: figure.replace('-', '−'), unit: names[unit] ?? unit })
}

/** `500 µs`, `2 ms`: for an axis, without trailing zeros. */
export const tick = (x: number, unit: string): string =>
  value(x, unit).replace(/\.0+(?= |$)|(\.\d*?)0+(?= |$)/, '$1')

/** `+3.4` for 0.034: a change in percent without the unit. */
export function points(x: number): string {
  if (!Number.isFinite(x)) return '–'
  const size = Math.abs(x * 100)
  const text = fixed(size, size >= 99.95 ? 0 : size >= 0.0995 || size === 0 ? 1 : 2)
  return /[1-9]/.test(text) ? `${x < 0 ? '−' : '+'}${text}` : text
}

/** `+3.4 %`: a change. */
export const signedPercent = (x: number): string => (Number.isFinite(x) ? `${points(x)} %` : '–')

/** `3.4 %`: the size of a change in either direction. */
export const magnitude = (x: number): string => signedPercent(x).replace(/^[+−]/, '')

/** `2 %`, `0.25 %`: a percentage that somebody chose, such as a margin. */
export const percent = (x: number): string => `${Number((x * 100).toPrecision(4))} %`

/** `42 %`, `5.1 %`, `99.97 %`: a part of a whole, with more decimals the nearer it is to nothing or to all. */
export function share(x: number): string {
  const size = x * 100
  const distance = x > 1 ? size : Math.min(Math.abs(size), 100 - size)
  if (!Number.isFinite(size)) return '–'
  if (x > 0 && x < 1 && distance < 0.01) return size < 1 ? '< 0.01 %' : '> 99.99 %'
  return `${Number(size.toFixed(distance >= 9.95 ? 0 : distance >= 0.0995 ? 1 : 2))} %`
}

/** The change if each of its numbers is finite; that of a broken run can be anything. */
export function sound(change: Change | null | undefined): Change | null {
  if (!change) return null
  return [change.estimate, change.low, change.high].every(Number.isFinite) ? change : null
}

/** `−12.3 … −10.1 %` */
export function interval(change: Change | null): string {
  const it = sound(change)
  return it ? `${points(it.low)} … ${points(it.high)} %` : '–'
}

/** `420 ms`, `2.2 s`, `48 s`, `2 min 03 s`, `1 h 05 min`, from milliseconds. */
export function duration(ms: number): string {
  if (!Number.isFinite(ms)) return '–'
  if (ms < 999.5) return `${Math.round(ms)} ms`
  if (ms < 9_950) return `${Number((ms / 1000).toFixed(1))} s`
  const seconds = Math.round(ms / 1000)
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.round(seconds / 60)
  return seconds < 3600
    ? `${Math.floor(seconds / 60)} min ${padded(seconds % 60)} s`
    : `${Math.floor(minutes / 60)} h ${padded(minutes % 60)} min`
}

const padded = (n: number): string => String(n).padStart(2, '0')

/** `1 round`, `8 rounds`, `2 launches` */
export const counted = (n: number, one: string, many = `${one}s`): string =>
  `${formats[0]!.format(n)} ${n === 1 ? one : many}`
