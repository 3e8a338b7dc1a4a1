import { sum } from '../stats/describe.ts'
import { type CallTree, TreeBuilder, totals } from './call-tree.ts'
import { named } from './frame.ts'

/**
 * The tree without calls below `share` of all columns together. Each call keeps the sum of its dropped callees in a
 * child `(rest)`, so no value is lost. New frames come after those of the tree.
 */
export function pruneTree(tree: CallTree, share: number): CallTree {
  const large = largeNodes(tree, share)
  const builder = new TreeBuilder([...tree.frames])
  const rest = builder.addFrame(named('(rest)'))
  const place = new Int32Array(tree.parent.length)
  for (let node = 0; node < place.length; node++) {
    const parent = tree.parent[node]!
    const above = parent === -1 ? -1 : place[parent]!
    if (large[node]) place[node] = builder.node(above, tree.frame[node]!)
    // All callees of a small call are small: they go where its topmost small ancestor went.
    else place[node] = parent !== -1 && !large[parent] ? above : builder.node(above, rest)
  }
  return builder.build(builder.moved(tree.self, place))
}

function largeNodes(tree: CallTree, share: number): Uint8Array {
  const pooled = new Float64Array(tree.parent.length)
  for (const self of tree.self) for (let node = 0; node < pooled.length; node++) pooled[node]! += self[node]!
  const least = share * sum(pooled)
  return Uint8Array.from(totals(tree, pooled), total => Number(total > 0 && total >= least))
}
