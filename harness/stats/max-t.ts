/**
 * Tests many means against zero together: the largest |t| under sign flips of whole rounds, step by step from the
 * largest down. Holds the family-wise error rate however the rows depend on each other.
 *
 * Sources: P. Westfall and S. Young (1993), "Resampling-Based Multiple Testing", algorithm 2.8 (step-down maxT);
 * Y. Ge, S. Dudoit, T. Speed (2003), "Resampling-based multiple testing for microarray data analysis", Test 12, §3.
 */
import { sum } from './describe.ts'
import { seededRandom } from './random.ts'

interface MaxT {
  /** Adjusted p-value of each row. */
  p: number[]
  /** |t| at which a row is significant at `alpha`; `null` where no |t| is enough. */
  critical: number | null
}

/** The most rounds for which every flip is tried: 2^13, as a flip and its mirror image give the same |t|. */
const EXACT_ROUNDS = 14
const DRAWS = 10_000

/** With fewer rounds even the most extreme outcome is more common than `alpha`. */
export const enoughRounds = (rounds: number, alpha: number): boolean => 2 ** (1 - rounds) <= alpha

/** `differences[row][round]`; every row has the same rounds. */
export function maxT(differences: number[][], { alpha = 0.05, seed = 1 } = {}): MaxT {
  const rounds = differences[0]?.length ?? 0
  const observed = differences.map(row => statistic(sum(row), norm(row)))
  // Smallest first, so that the maximum over a row and all smaller ones is a running maximum.
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

/** |t| grows with |sum| / √(sum of squares), and no flip changes the squares. So this replaces |t| (0 … √rounds). */
const statistic = (total: number, length: number) => (length > 0 ? Math.abs(total) / length : 0)
const norm = (row: number[]) => Math.sqrt(sum(row.map(value => value * value)))

/** Row sums under each flip, in one buffer that is reused. The first flip is the data as it is. */
function* flips(rows: number[][], rounds: number, seed: number): Generator<Float64Array> {
  const columns = Array.from({ length: rounds }, (_, round) => Float64Array.from(rows, row => row[round]!))
  const signs = new Int8Array(rounds).fill(1)
  const sums = Float64Array.from(rows, row => sum(row))
  const flip = (round: number) => {
    signs[round]! *= -1
    const twice = 2 * signs[round]!
    const column = columns[round]!
    for (let row = 0; row < sums.length; row++) sums[row]! += twice * column[row]!
  }
  yield sums
  if (rounds <= EXACT_ROUNDS) {
    // In Gray code order, in which each flip changes one round.
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

/** Adjusted p-values, none smaller than that of a larger |t|. */
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
