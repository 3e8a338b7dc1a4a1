/**
 * Many means tested together against zero: the largest |t| under sign flips of whole rounds, step by step from the
 * largest down. Holds the family-wise error rate whatever the dependence between the rows.
 *
 * Sources: P. Westfall and S. Young (1993), "Resampling-Based Multiple Testing", algorithm 2.8 (step-down maxT);
 * Y. Ge, S. Dudoit, T. Speed (2003), "Resampling-based multiple testing for microarray data analysis", Test 12, §3.
 */
import { seededRandom } from './random.ts'

export interface MaxT {
  /** Adjusted p-value of each row. */
  p: number[]
  /** |t| that a row must reach to be significant at `alpha` by itself; `null` where no |t| is enough. */
  critical: number | null
}

/** Up to so many rounds every flip is looked at; 2^13 of them, as a flip and its mirror image give the same |t|. */
const EXACT_ROUNDS = 14
const DRAWS = 10_000

/** With so few rounds even the most extreme outcome is no rarer than `alpha`. */
export const enoughRounds = (rounds: number, alpha: number): boolean => 2 ** (1 - rounds) <= alpha

/** `differences[row][round]`; every row has the same rounds. */
export function maxT(differences: number[][], { alpha = 0.05, seed = 1 } = {}): MaxT {
  const rounds = differences[0]?.length ?? 0
  const observed = differences.map(row => statistic(sum(row), norm(row)))
  // Smallest first: the maximum over "this row and all smaller ones" is then a running one.
  const order = observed.map((_, row) => row).sort((a, b) => observed[a]! - observed[b]!)
  const scaled = order.map(row => differences[row]!.map(value => value / (norm(differences[row]!) || 1)))
  const exceeded = new Float64Array(order.length)
  const largest: number[] = []
  for (const sums of flips(scaled, rounds, seed)) {
    let running = 0
    for (let at = 0; at < order.length; at++) {
      running = Math.max(running, Math.abs(sums[at]!))
      if (running >= observed[order[at]!]! - 1e-9) exceeded[at]!++
    }
    largest.push(running)
  }
  return { p: adjusted(exceeded, order, largest.length), critical: critical(largest, rounds, alpha) }
}

/** |t| grows with |sum| / √(sum of squares), which no flip changes; so this stands for |t| (0 … √rounds). */
const statistic = (total: number, length: number) => (length > 0 ? Math.abs(total) / length : 0)
const sum = (row: number[]) => row.reduce((total, value) => total + value, 0)
const norm = (row: number[]) => Math.sqrt(row.reduce((total, value) => total + value * value, 0))

/** Row sums under each flip, in one buffer that is used again; the first flip is the data as they are. */
function* flips(rows: number[][], rounds: number, seed: number): Generator<Float64Array> {
  const columns = Array.from({ length: rounds }, (_, round) => Float64Array.from(rows, row => row[round]!))
  const signs = new Int8Array(rounds).fill(1)
  const sums = Float64Array.from(rows, sum)
  const flip = (round: number) => {
    signs[round]! *= -1
    const twice = 2 * signs[round]!
    const column = columns[round]!
    for (let row = 0; row < sums.length; row++) sums[row]! += twice * column[row]!
  }
  yield sums
  if (rounds <= EXACT_ROUNDS) {
    // In the order of the Gray code, where each flip is one round away from the one before.
    for (let code = 1; code < 2 ** (rounds - 1); code++) {
      flip(31 - Math.clz32(code & -code))
      yield sums
    }
    return
  }
  const random = seededRandom(seed)
  for (let draw = 1; draw < DRAWS; draw++) {
    for (let round = 0; round < rounds; round++) if (random() < 0.5) flip(round)
    yield sums
  }
}

/** Never smaller than the p-value of a larger |t|. */
function adjusted(exceeded: Float64Array, order: number[], count: number): number[] {
  const p = new Array<number>(order.length).fill(1)
  let least = 0
  for (let at = order.length - 1; at >= 0; at--) {
    least = Math.max(least, exceeded[at]! / count)
    p[order[at]!] = least
  }
  return p
}

function critical(largest: number[], rounds: number, alpha: number): number | null {
  const descending = Float64Array.from(largest).sort().reverse()
  const allowed = Math.floor(alpha * largest.length)
  if (allowed < 1 || rounds < 2) return null
  const share = descending[allowed - 1]! ** 2 / rounds
  return share < 1 - 1e-9 ? Math.sqrt(((rounds - 1) * share) / (1 - share)) : null
}
