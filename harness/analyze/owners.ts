/** Whose code a change is in: the application's, a package's, Node's, V8's or the kernel's. */
import type { Sides } from '../model/comparison.ts'
import type { OwnerChange } from '../model/flame.ts'
import { CONFIDENCE } from '../stats/centre.ts'
import { mean, sum } from '../stats/describe.ts'
import type { Calls } from './calls.ts'
import { basesOf, costOf, sharesOf, testedChanges, UNKNOWN, wholeOf } from './functions.ts'

/** An owner with a smaller share of both sides together has no row. */
const CHOSEN_SHARE = 0.005
/** A smaller share is what sums of fractions lose. */
const ROUNDING = 1e-9

/** All owners of a pair are tested together. The one whose cost changed most comes first, and the rest last. */
export function ownerChanges(calls: Calls, seed: number): OwnerChange[] {
  const bases = basesOf(calls)
  if (!bases) return []
  const { rows } = calls.owners
  const before = calls.before.map(self => byOwner(self, calls.owners.before, rows.length))
  const after = calls.after.map(self => byOwner(self, calls.owners.after, rows.length))
  const all = sum([...before, ...after].map(sum))
  const shareOf = (at: number) => sum([...before, ...after].map(column => column[at]!)) / all
  const chosen = [...rows.keys()].filter(at => shareOf(at) >= CHOSEN_SHARE)
  const changes = testedChanges(
    chosen.map(at => sharesOf(at, before, after, bases)),
    calls.pairing,
    calls.blames ? seed : null,
  )
  const { variant, baseline, collector } = calls
  const base = mean(bases)
  const found = chosen
    .map((at, row): OwnerChange => {
      const { low, high } = changes[row]!.change
      return {
        variant,
        baseline,
        collector,
        ...rows[at]!,
        before: costOf(at, before, bases),
        after: costOf(at, after, bases),
        interval: Number.isFinite(low) ? { low: low * base, high: high * base } : null,
        ...changes[row]!,
      }
    })
    .toSorted((a, b) => Math.abs(b.after - b.before) - Math.abs(a.after - a.before))
  return found.length > 0 ? [...found, restOf(calls, found, base)] : []
}

/** Other threads, and owners that are too small for a row. */
function restOf(calls: Calls, found: OwnerChange[], base: number): OwnerChange {
  const { variant, baseline, collector } = calls
  const whole = wholeOf(calls)
  const left = (side: keyof Sides) => {
    const rest = whole[side] - sum(found.map(row => row[side]))
    return Math.abs(rest) > ROUNDING * whole[side] ? rest : 0
  }
  const [before, after] = [left('before'), left('after')]
  return {
    variant,
    baseline,
    collector,
    kind: 'rest',
    owner: 'rest',
    before,
    after,
    interval: null,
    change: { estimate: (after - before) / base, ...UNKNOWN, confidence: CONFIDENCE },
    p: null,
    significant: false,
    detectable: null,
  }
}

/** The self values of the nodes, added up by owner. */
function byOwner(self: Float64Array, place: number[], owners: number): Float64Array {
  const sums = new Float64Array(owners)
  for (let node = 0; node < self.length; node++) sums[place[node]!]! += self[node]!
  return sums
}
