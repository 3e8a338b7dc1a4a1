/**
 * Student's t.
 *
 * Sources: Student (1908), "The probable error of a mean", Biometrika 6; the incomplete beta function by its continued
 * fraction, NIST Digital Library of Mathematical Functions, §8.17(v), https://dlmf.nist.gov/8.17.
 */
import { gammaln } from 'simple-statistics'

/** An estimate with its interval, in the unit of the values. */
export interface Interval {
  estimate: number
  low: number
  high: number
}

/** P(T > t). */
export function studentTail(t: number, degrees: number): number {
  const tail = incompleteBeta(degrees / (degrees + t * t), degrees / 2, 0.5) / 2
  return t > 0 ? tail : 1 - tail
}

/** By degrees and probability; each look at a run needs the same few. */
const quantiles = new Map<number, Map<number, number>>()

/** The t with P(T ≤ t) = probability, to about 12 digits. */
export function studentQuantile(probability: number, degrees: number): number {
  if (!(probability > 0 && probability < 1 && degrees > 0))
    throw new RangeError(`Student's t with ${degrees} degrees of freedom has no quantile at ${probability}`)
  if (probability < 0.5) return -studentQuantile(1 - probability, degrees)
  const known = quantiles.get(degrees) ?? new Map<number, number>()
  const quantile = known.get(probability) ?? invertTail(1 - probability, degrees)
  quantiles.set(degrees, known.set(probability, quantile))
  return quantile
}

function invertTail(tail: number, degrees: number): number {
  // P(|T| > t) = I_x(degrees/2, 1/2) with x = degrees / (degrees + t²), which grows with x: bisect on x.
  let [low, high] = [0, 1]
  for (;;) {
    const middle = (low + high) / 2
    if (middle === low || middle === high) return Math.sqrt((degrees * (1 - high)) / high)
    if (incompleteBeta(middle, degrees / 2, 0.5) < 2 * tail) low = middle
    else high = middle
  }
}

/** Regularised incomplete beta function I_x(a, b). */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0
  if (x >= 1) return 1
  // The fraction converges quickly only below the mean of the distribution.
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a)
  const logFront = gammaln(a + b) - gammaln(a) - gammaln(b) + a * Math.log(x) + b * Math.log1p(-x)
  return (Math.exp(logFront) / a) * betaFraction(x, a, b)
}

/** Evaluated from the front by Lentz's method. */
function betaFraction(x: number, a: number, b: number): number {
  const away = (value: number) => (Math.abs(value) < 1e-300 ? 1e-300 : value)
  let c = 1
  let d = 1 / away(1 - ((a + b) * x) / (a + 1))
  let fraction = d
  for (let m = 1; m <= 500; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
    d = 1 / away(1 + even * d)
    c = away(1 + even / c)
    fraction *= d * c
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
    d = 1 / away(1 + odd * d)
    c = away(1 + odd / c)
    fraction *= d * c
    if (Math.abs(d * c - 1) < 1e-15) break
  }
  return fraction
}
