/** Numbers with units, as people write them. */
import type { Metric } from '../model/capabilities.ts'

const TIME = { ns: 1, us: 1e3, µs: 1e3, μs: 1e3, ms: 1e6, s: 1e9 }
const SIZE = { B: 1, bytes: 1, kB: 1e3, KB: 1e3, KiB: 2 ** 10, MB: 1e6, MiB: 2 ** 20, GB: 1e9, GiB: 2 ** 30 }

/** The sizes of the units that may be written for a metric's unit, on a common scale. */
const SCALES: Record<Metric['unit'], Record<string, number>> = {
  ns: TIME,
  µs: TIME,
  ms: TIME,
  bytes: SIZE,
  '1/s': { '1/s': 1, '/s': 1 },
  ratio: { ratio: 1, '%': 0.01 },
  count: { count: 1 },
}

/** `'250 ms'` for a metric in µs → 250,000. A number alone is in the metric's unit. `undefined` for anything else. */
export function parseQuantity(text: string, unit: Metric['unit']): number | undefined {
  const match = /^\s*(\d+(?:\.\d+)?)\s*(\S*)\s*$/.exec(text)
  if (!match) return undefined
  const scale = SCALES[unit]
  const written = match[2] === '' ? unit : match[2]!
  if (!Object.hasOwn(scale, written)) return undefined
  return (Number(match[1]) * scale[written]!) / scale[unit]!
}

const DURATION: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, min: 60_000, h: 3_600_000 }

/** Milliseconds of `90s`, `2m` …; a number alone is seconds. `undefined` if it is not a time. */
export function parseDuration(text: string): number | undefined {
  const match = /^\s*(\d+(?:\.\d+)?)\s*(ms|s|m|min|h)?\s*$/.exec(text)
  return match ? Number(match[1]) * DURATION[match[2] ?? 's']! : undefined
}

/** The units that may be written for a metric's unit. */
export const unitsFor = (unit: Metric['unit']): string[] => Object.keys(SCALES[unit])

/** `'+2%'` → 0.02, `'-5 %'` → −0.05. `undefined` if it is not a percentage. */
export function parsePercentage(text: string): number | undefined {
  const match = /^\s*([+\-−]?)\s*(\d+(?:\.\d+)?)\s*%\s*$/.exec(text)
  if (!match) return undefined
  const size = Number(match[2]) / 100
  return match[1] === '' || match[1] === '+' ? size : -size
}
