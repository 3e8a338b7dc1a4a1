/** Two call trees side by side: which function of one is which of the other, even if lines, names and files have changed. */

import type { Body } from '../model/record.ts'
import { type CallTree, type Frame, TreeBuilder } from '../profile/index.ts'
import { marksIn } from './body.ts'
import { matchAlikeBodies, matchSameBodies } from './by-body.ts'
import { matchOrdinals, matchPlaces, matchUniqueNames } from './by-name.ts'
import { matchMoved, matchRenamed } from './by-neighbours.ts'
import { marksOf, pairFiles, pairRenamedFiles } from './files.ts'
import type { Matching, MatchKind, Side } from './matching.ts'

type FrameMatch = MatchKind | 'only before' | 'only after'

/** The calls of two sides as one tree. `self` has the columns of `before`, then those of `after`. */
export interface UnionTree extends CallTree {
  /** How many columns of `self` belong to `before`. */
  beforeColumns: number
  /** By frame of `before`: its index here. Frames of `after` keep theirs. */
  places: Uint32Array
  /** By frame: how it was matched. */
  match: FrameMatch[]
  /** By frame: the file of `before`. The frame itself has the one of `after`, where both have it. */
  filesBefore: string[]
}

/** What is known of the text of functions. */
export interface Texts {
  bodyOf(frame: Frame): Body | undefined
  /** Marks of all functions in a file, sampled or not, one after the other. */
  marksOf(file: string): string | undefined
}

const UNREAD: Texts = { bodyOf: () => undefined, marksOf: () => undefined }

/** Frames of both sides appear as in `after`. */
export function uniteTrees(
  before: CallTree,
  after: CallTree,
  texts: { before: Texts; after: Texts } = { before: UNREAD, after: UNREAD },
): UnionTree {
  const { forward, backward, how } = matchTrees(before, after, texts)
  const frames: Frame[] = [...after.frames]
  const match: FrameMatch[] = after.frames.map((_, at) =>
    backward[at] === -1 ? 'only after' : how[backward[at]!]!,
  )
  const places = Uint32Array.from(before.frames, (frame, at) => {
    if (forward[at] !== -1) return forward[at]!
    match.push('only before')
    return frames.push(frame) - 1
  })
  const filesBefore = frames.map(({ file }) => file)
  before.frames.forEach(({ file }, at) => {
    filesBefore[places[at]!] = file
  })
  const builder = new TreeBuilder(frames, before.parent.length + after.parent.length)
  const own = [...after.frames.keys()]
  const columns = [...addNodes(builder, before, places), ...addNodes(builder, after, own)]
  return { ...builder.build(columns), beforeColumns: before.self.length, places, match, filesBefore }
}

/** `place` of each frame in the union. */
function addNodes(builder: TreeBuilder, tree: CallTree, place: ArrayLike<number>): Float64Array[] {
  const nodes = new Uint32Array(tree.parent.length)
  for (let at = 0; at < nodes.length; at++) {
    const parent = tree.parent[at]!
    nodes[at] = builder.node(parent === -1 ? -1 : nodes[parent]!, place[tree.frame[at]!]!)
  }
  return builder.moved(tree.self, nodes)
}

/** Which function of one tree is which of the other. */
export function matchTrees(
  beforeTree: CallTree,
  afterTree: CallTree,
  texts: { before: Texts; after: Texts },
): Pick<Matching, 'forward' | 'backward' | 'how'> {
  const before = sideOf(beforeTree, texts.before)
  const after = sideOf(afterTree, texts.after)
  const matching: Matching = {
    before,
    after,
    forward: new Int32Array(before.frames.length).fill(-1),
    backward: new Int32Array(after.frames.length).fill(-1),
    how: before.frames.map(() => 'exact'),
    files: pairFiles(filesOf(before), filesOf(after), { before: marksOf(before), after: marksOf(after) }),
  }
  pairRenamedFiles(matching)
  // From the strongest evidence to the weakest: each step builds on the matches of the steps before.
  matchUniqueNames(matching)
  matchSameBodies(matching)
  matchPlaces(matching)
  matchAlikeBodies(matching)
  matchOrdinals(matching)
  // The same name in another file is stronger evidence than another name at the same place.
  matchMoved(matching)
  matchRenamed(matching)
  matchMoved(matching)
  matchOrdinals(matching)
  return matching
}

function sideOf({ frames, parent, frame }: CallTree, { bodyOf, marksOf }: Texts): Side {
  const callers = frames.map(() => new Set<number>())
  const callees = frames.map(() => new Set<number>())
  for (let at = 0; at < parent.length; at++) {
    const above = parent[at]!
    if (above === -1 || frame[above] === frame[at]) continue
    callers[frame[at]!]!.add(frame[above]!)
    callees[frame[above]!]!.add(frame[at]!)
  }
  const files = new Set(frames.map(({ file }) => file))
  const present = new Map(Array.from(files, file => [file, marksIn(marksOf(file))]))
  return { frames, bodies: frames.map(bodyOf), present, callers, callees }
}

const filesOf = ({ frames }: Side): Set<string> => new Set(frames.map(({ file }) => file))

export { type Bodies, bodiesIn } from './body.ts'
export { hasCall, lineOfCall } from './call-lines.ts'
export { matchOwners, type Owners } from './owners.ts'
