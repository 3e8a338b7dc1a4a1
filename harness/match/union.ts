import { type CallTree, type Frame, TreeBuilder } from '../profile/index.ts'
import { matchFunctions } from './functions.ts'
import type { MatchKind } from './matching.ts'

export type FrameMatch = MatchKind | 'only before' | 'only after'

/** The calls of two sides as one tree. `self` has the columns of `before`, then those of `after`. */
export interface UnionTree extends CallTree {
  /** How many columns of `self` belong to `before`. */
  beforeColumns: number
  /** By frame: how it was matched. */
  match: FrameMatch[]
}

/** Frames of both sides appear as in `after`. */
export function uniteTrees(before: CallTree, after: CallTree): UnionTree {
  const { forward, backward, how } = matchFunctions(before, after)
  const frames: Frame[] = [...after.frames]
  const match: FrameMatch[] = after.frames.map((_, at) =>
    backward[at] === -1 ? 'only after' : how[backward[at]!]!,
  )
  const place = Uint32Array.from(before.frames, (frame, at) => {
    if (forward[at] !== -1) return forward[at]!
    match.push('only before')
    return frames.push(frame) - 1
  })
  const builder = new TreeBuilder(frames, before.parent.length + after.parent.length)
  const columns = [
    ...addNodes(builder, before, frame => place[frame]!),
    ...addNodes(builder, after, frame => frame),
  ]
  return { ...builder.build(columns), beforeColumns: before.self.length, match }
}

function addNodes(builder: TreeBuilder, tree: CallTree, frameOf: (frame: number) => number): Float64Array[] {
  const nodes = new Uint32Array(tree.parent.length)
  for (let at = 0; at < nodes.length; at++) {
    const parent = tree.parent[at]!
    nodes[at] = builder.node(parent === -1 ? -1 : nodes[parent]!, frameOf(tree.frame[at]!))
  }
  return builder.moved(tree.self, nodes)
}
