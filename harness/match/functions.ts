/** Which function of one profile is which of another, even if lines, names, files and folders have changed. */
import type { CallTree } from '../profile/index.ts'
import { matchPlaces, matchUniqueNames } from './by-name.ts'
import { matchMoved, matchRenamed } from './by-neighbours.ts'
import { matchOrdinals } from './by-order.ts'
import { pairFiles, pairRenamedFiles } from './files.ts'
import type { Matching, Side } from './matching.ts'

export function matchFunctions(before: CallTree, after: CallTree): Matching {
  const matching: Matching = {
    before: sideOf(before),
    after: sideOf(after),
    forward: new Int32Array(before.frames.length).fill(-1),
    backward: new Int32Array(after.frames.length).fill(-1),
    how: before.frames.map(() => 'exact'),
    files: pairFiles(filesOf(before), filesOf(after)),
  }
  pairRenamedFiles(matching)
  // From the strongest evidence to the weakest: each step builds on the matches of the steps before.
  matchUniqueNames(matching)
  matchPlaces(matching)
  matchOrdinals(matching)
  // The same name in another file is stronger evidence than another name at the same place.
  matchMoved(matching)
  matchRenamed(matching)
  matchMoved(matching)
  matchOrdinals(matching)
  return matching
}

function sideOf({ frames, parent, frame }: CallTree): Side {
  const callers = frames.map(() => new Set<number>())
  const callees = frames.map(() => new Set<number>())
  for (let at = 0; at < parent.length; at++) {
    const above = parent[at]!
    if (above === -1 || frame[above] === frame[at]) continue
    callers[frame[at]!]!.add(frame[above]!)
    callees[frame[above]!]!.add(frame[at]!)
  }
  return { frames, callers, callees }
}

const filesOf = ({ frames }: CallTree): Set<string> => new Set(frames.map(({ file }) => file))
