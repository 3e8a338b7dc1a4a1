/** The phases of an open loop, as a scenario file writes them. */
import type { Phase, Rate } from '../model/load.ts'

/** One rate, for this many ms. */
export const hold = (rate: Rate, duration: number): Phase[] => [
  { name: `hold ${rate}`, from: rate, to: rate, duration },
]

/** From one rate to another in a straight line, within this many ms. */
export const ramp = (from: Rate, to: Rate, duration: number): Phase[] => [
  { name: `ramp ${from}–${to}`, from, to, duration },
]

/** One rate after another, each for this many ms. */
export const step = (rates: Rate[], duration: number): Phase[] =>
  rates.map(rate => ({ name: `step ${rate}`, from: rate, to: rate, duration }))

/** A base rate, a burst, and the base rate again to show the recovery: a third of the time (ms) each. */
export const spike = (base: Rate, peak: Rate, duration: number): Phase[] => [
  { name: `before the spike ${base}`, from: base, to: base, duration: duration / 3 },
  { name: `spike ${peak}`, from: peak, to: peak, duration: duration / 3 },
  { name: `after the spike ${base}`, from: base, to: base, duration: duration / 3 },
]
