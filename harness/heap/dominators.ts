/**
 * Dominators. A node's dominator is the last node that every path to it from the root goes through. When an object is freed,
 * everything that it dominates is freed too.
 *
 * Source: K. D. Cooper, T. J. Harvey, K. Kennedy (2001), "A simple, fast dominance algorithm", Rice University,
 * TR-06-33870.
 */

/** Edges of node n are `to[first[n]]` up to `to[first[n + 1]]`; node 0 is the root. */
export interface Graph {
  first: Uint32Array
  to: Uint32Array
}

export interface Dominators {
  /** All nodes, each after its dominator. Unreachable ones come last. */
  order: Uint32Array
  /** By node. The root dominates itself and unreachable nodes. */
  dominator: Uint32Array
}

export function immediateDominators(graph: Graph): Dominators {
  const size = graph.first.length - 1
  const post = postorder(graph)
  const rank = new Int32Array(size).fill(-1)
  for (let at = 0; at < post.length; at++) rank[post[at]!] = at
  const above = reversed(graph, rank)
  const dominator = new Int32Array(size).fill(-1)
  dominator[0] = 0
  const common = (a: number, b: number) => {
    let [one, other] = [a, b]
    while (one !== other) {
      while (rank[one]! < rank[other]!) one = dominator[one]!
      while (rank[other]! < rank[one]!) other = dominator[other]!
    }
    return one
  }
  for (let changed = true; changed; ) {
    changed = false
    for (let at = post.length - 2; at >= 0; at--) {
      const node = post[at]!
      let nearest = -1
      for (let edge = above.first[node]!; edge < above.first[node + 1]!; edge++) {
        const from = above.to[edge]!
        if (dominator[from] !== -1) nearest = nearest === -1 ? from : common(from, nearest)
      }
      if (dominator[node] === nearest) continue
      dominator[node] = nearest
      changed = true
    }
  }
  const lost = Uint32Array.from(rank.keys()).filter(node => rank[node] === -1)
  return {
    order: Uint32Array.from([...post.reverse(), ...lost]),
    dominator: Uint32Array.from(dominator, node => Math.max(0, node)),
  }
}

/** Reachable nodes, each after all nodes found through it. Without recursion, because chains are long. */
function postorder({ first, to }: Graph): Uint32Array {
  const next = first.slice(0, -1)
  const seen = new Uint8Array(next.length)
  const path = [0]
  seen[0] = 1
  const order = new Uint32Array(next.length)
  let done = 0
  while (path.length > 0) {
    const node = path.at(-1)!
    const edge = next[node]!++
    if (edge >= first[node + 1]!) {
      order[done++] = path.pop()!
    } else if (!seen[to[edge]!]) {
      seen[to[edge]!] = 1
      path.push(to[edge]!)
    }
  }
  return order.subarray(0, done)
}

/** The reversed edges of the nodes that have a rank. */
function reversed({ first, to }: Graph, rank: Int32Array): Graph {
  const starts = new Uint32Array(first.length)
  const each = (visit: (from: number, to: number) => void) => {
    for (let node = 0; node < rank.length; node++)
      if (rank[node] !== -1) for (let at = first[node]!; at < first[node + 1]!; at++) visit(node, to[at]!)
  }
  each((_, target) => starts[target + 1]!++)
  for (let node = 0; node < rank.length; node++) starts[node + 1]! += starts[node]!
  const next = starts.slice()
  const sources = new Uint32Array(to.length)
  each((node, target) => {
    sources[next[target]!++] = node
  })
  return { first: starts, to: sources }
}
