/**
 * Noise with a known truth: each draw is the log-ratio of one round for a change that does nothing.
 *
 * A round compares two launches of the same code, so most of these are the difference of two draws from one distribution.
 * "Odd" launches are several percent off for their whole life, in either direction.
 */
import { normal, type Random } from '../../harness/stats/random.ts'

export type Noise = (random: Random) => number

/** The difference of two launches of the same code. */
const launches =
  (one: Noise): Noise =>
  random =>
    one(random) - one(random)

const oddLaunch: Noise = random => (random() < 1 / 12 ? sign(random) * (0.04 + 0.02 * random()) : 0)

const sign = (random: Random) => (random() < 0.5 ? -1 : 1)

const gaussian =
  (deviation: number): Noise =>
  random =>
    deviation * normal(random)

const sum =
  (...noises: Noise[]): Noise =>
  random =>
    noises.reduce((total, noise) => total + noise(random), 0)

/** Student's t, times `scale`. */
const heavy =
  (degrees: number, scale: number): Noise =>
  random => {
    let squares = 0
    for (let i = 0; i < degrees; i++) squares += normal(random) ** 2
    return (scale * normal(random)) / Math.sqrt(squares / degrees)
  }

const states =
  (probabilities: number[], step: number, deviation: number): Noise =>
  random => {
    let left = random()
    const state = probabilities.findIndex(probability => {
      left -= probability
      return left < 0
    })
    return (state < 0 ? probabilities.length - 1 : state) * step + deviation * normal(random)
  }

/** Like that of the machines that we know; the targets for power apply to these. */
export const REALISTIC: Record<string, Noise> = {
  'normal, SD 1.2 %': gaussian(0.012),
  'normal, SD 1.8 %': gaussian(0.018),
  'SD 1.2 %, odd launch in 1 round of 12': sum(gaussian(0.012), oddLaunch),
  'SD 1.2 %, 1 launch in 12 odd': sum(gaussian(0.012), launches(oddLaunch)),
  'SD 1.8 %, 1 launch in 12 odd': sum(gaussian(0.018), launches(oddLaunch)),
}

/** Noise that a gate must survive. */
export const HOSTILE: Record<string, Noise> = {
  "heavy tails (Student's t, 3 degrees)": launches(heavy(3, 0.01)),
  'no variance (Cauchy)': launches(heavy(1, 0.01)),
  'skewed launches (exponential)': launches(random => -0.015 * Math.log(1 - random())),
  'light tails (uniform launches)': launches(random => 0.05 * random()),
  'two states, 50 : 50, 5 % apart, sharp': launches(states([0.5, 0.5], 0.05, 0.001 / Math.SQRT2)),
  'two states, 50 : 50, 5 % apart, blurred': launches(states([0.5, 0.5], 0.05, 0.01 / Math.SQRT2)),
  'two states, 1 : 3, 5 % apart, sharp': launches(states([0.25, 0.75], 0.05, 0.002)),
  'three states, 5 % apart, sharp': launches(states([1 / 3, 1 / 3, 1 / 3], 0.05, 0.002)),
  'counted in whole steps of 1 %': launches(random => Math.round(normal(random)) * 0.01),
  'rounds of unequal quality': random => normal(random) * 0.01 * Math.exp(normal(random)),
}
