/** Whose code a change is in: the application's, a package's, Node's or V8's. */
import type { OwnerChange } from '../model/flame.ts'
import { ownersOf } from '../profile/index.ts'
import { sum } from '../stats/describe.ts'
import type { Calls } from './calls.ts'
import { basesOf, costOf, sharesOf, testedChanges } from './functions.ts'

/** An owner with a smaller share of both sides together has no row. */
const CHOSEN_SHARE = 0.005

/** All owners of a pair are tested together. The one whose cost changed most comes first. */
export function ownerChanges(calls: Calls, seed: number): OwnerChange[] {
  const bases = basesOf(calls)
  if (!bases) return []
  const owners = ownersOf(calls.tree)
  const names = [...new Set(owners)]
  const place = owners.map(owner => names.indexOf(owner))
  const [before, after] = [calls.before, calls.after].map(columns =>
    columns.map(self => byOwner(self, place, names)),
  )
  const all = sum([...before!, ...after!].map(sum))
  const shareOf = (at: number) => sum([...before!, ...after!].map(column => column[at]!)) / all
  const chosen = [...names.keys()].filter(at => shareOf(at) >= CHOSEN_SHARE)
  const changes = testedChanges(
    chosen.map(at => sharesOf(at, before!, after!, bases)),
    calls.pairing,
    calls.blames ? seed : null,
  )
  const { variant, baseline, collector } = calls
  return chosen
    .map((at, row) => ({
      variant,
      baseline,
      collector,
      owner: names[at]!,
      before: costOf(at, before!, bases),
      after: costOf(at, after!, bases),
      ...changes[row]!,
    }))
    .toSorted((a, b) => Math.abs(b.change.estimate) - Math.abs(a.change.estimate))
}

/** The self values of the nodes, added up by owner. */
function byOwner(self: Float64Array, place: number[], names: string[]): Float64Array {
  const sums = new Float64Array(names.length)
  for (let node = 0; node < self.length; node++) sums[place[node]!]! += self[node]!
  return sums
}
