/** Numbers as they are written in a reason. */

/** `+3.4 %`, with a real minus. */
export function signedPercent(fraction: number): string {
  const size = Math.abs(fraction) * 100
  const text = size.toFixed(size < 100 ? 1 : 0)
  return `${fraction < 0 && Number(text) > 0 ? '−' : '+'}${text} %`
}

export const percent = (fraction: number): string => `${Number((fraction * 100).toPrecision(3))} %`

/** `70 s`, `4 min` */
export function duration(milliseconds: number): string {
  const seconds = milliseconds / 1000
  return seconds < 120 ? `${Math.max(1, Math.round(seconds))} s` : `${Math.round(seconds / 60)} min`
}

export const figure = (value: number, unit: string): string =>
  `${Number(value.toPrecision(4))}${unit === 'count' || unit === 'ratio' ? '' : ` ${unit}`}`

export const rounds = (count: number): string => `${count} ${count === 1 ? 'round' : 'rounds'}`

/** A smaller tilt makes no difference that a percentage would show. */
const TILTED = 0.0005

/** @param fraction the change if wrong answers cost nothing */
export const tiltWords = (tilt: number, fraction: number): string =>
  Math.abs(tilt) < TILTED
    ? ''
    : ` More of one side's requests went wrong: if wrong answers cost nothing, the change is ${signedPercent(fraction)}.`
