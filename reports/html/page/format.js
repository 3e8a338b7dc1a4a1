/** Numbers with their unit, as `harness/words/numbers.ts` writes them. */
const TIME = { ns: 1, µs: 1e3, ms: 1e6, s: 1e9 }
const BYTES = { B: 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 }

export function formatDigits(x) {
  const size = Math.abs(x)
  if (size < 0.0005) return '0'
  const decimals = size >= 99.95 ? 0 : size >= 9.995 ? 1 : size >= 0.9995 ? 2 : 3
  const options = { minimumFractionDigits: decimals, maximumFractionDigits: decimals }
  return x.toLocaleString('en-US', options).replace('-', '−')
}

/** `38.2 µs`; a dash for an unknown value. */
export function formatValue(x, unit) {
  if (!Number.isFinite(x)) return '–'
  const scale = unit in TIME ? TIME : unit === 'bytes' ? BYTES : { [unit]: 1 }
  const figure = x * (TIME[unit] ?? 1)
  const steps = Object.entries(scale)
  const [name, factor] = steps.findLast(step => Math.abs(figure) >= step[1] * 0.9995) ?? steps[0]
  return `${formatDigits(figure / factor)} ${name}`.trim()
}

/** `+3.1 µs` */
export function formatSigned(x, unit) {
  if (!Number.isFinite(x)) return '–'
  const size = formatValue(Math.abs(x), unit)
  // A value that rounds to zero has no sign.
  const sign = !/[1-9]/.test(size) ? '' : x < 0 ? '−' : '+'
  return sign + size
}

/** `12.3 %` of a whole. */
export const formatShare = (x, whole) =>
  whole > 0 && Number.isFinite(x) ? `${formatDigits((x / whole) * 100)} %` : '–'

/** The number that a cell shows: `1.2 ms` comes after `900 µs`, and a dash, for what is unknown, after everything. */
export function readCell(cell) {
  const [part, unit] = [...cell.querySelectorAll('i')].map(it => it.textContent)
  const text = `${cell.firstChild.textContent}${part}`
  if (text.startsWith('<')) return 0
  const figure = Number(text.replaceAll(',', '').replace('−', '-'))
  return Number.isNaN(figure) ? Number.POSITIVE_INFINITY : figure * (TIME[unit] ?? BYTES[unit] ?? 1)
}
