/**
 * A call tree in flat columns, depth first, siblings by name: a node's subtree is the range from itself to `end`.
 * `before` and `after` are self, `totalBefore` and `totalAfter` include all that is below. `span` is the room that a node
 * needs for the larger of both sides, so that a node of only one side keeps its room.
 */
export function growTree(source) {
  const order = depthFirst(source)
  const n = order.length
  const place = new Int32Array(n)
  for (let i = 0; i < n; i++) place[order[i]] = i
  const tree = {
    unit: source.unit,
    frames: source.frames,
    owners: source.owners,
    length: n,
    parent: new Int32Array(n),
    frame: new Uint32Array(n),
    before: new Float64Array(n),
    after: new Float64Array(n),
    low: new Float32Array(n),
    high: new Float32Array(n),
    depth: new Int32Array(n),
  }
  for (let i = 0; i < n; i++) {
    const old = order[i]
    const parent = source.parent[old]
    tree.parent[i] = parent < 0 ? -1 : place[parent]
    tree.depth[i] = parent < 0 ? 0 : tree.depth[place[parent]] + 1
    for (const column of COLUMNS) tree[column][i] = source[column][old]
  }
  return sumUp(tree)
}

export const COLUMNS = ['frame', 'before', 'after', 'low', 'high']

/** Nodes in depth-first order; siblings in the order of their names. Linear: two counting sorts and one walk. */
function depthFirst({ parent, frame, frames }) {
  const byName = countingSort(frame, rankByName(frames), frames.length)
  const n = parent.length
  const start = new Int32Array(n + 2)
  for (let i = 0; i < n; i++) start[parent[i] + 2]++
  for (let i = 1; i < n + 2; i++) start[i] += start[i - 1]
  const children = new Int32Array(n)
  const next = start.slice()
  for (const i of byName) children[next[parent[i] + 1]++] = i
  const order = new Int32Array(n)
  const stack = new Int32Array(n)
  let top = 0
  const push = node => {
    for (let c = start[node + 2] - 1; c >= start[node + 1]; c--) stack[top++] = children[c]
  }
  push(-1)
  for (let count = 0; top > 0; count++) {
    order[count] = stack[--top]
    push(order[count])
  }
  return order
}

function rankByName(frames) {
  const compare = (a, b) => (a < b ? -1 : Number(a > b))
  const order = Array.from(frames, (_, i) => i).sort((a, b) => compare(frames[a].name, frames[b].name))
  const rank = new Int32Array(frames.length)
  order.forEach((frame, i) => {
    rank[frame] = i
  })
  return rank
}

function countingSort(keys, rank, kinds) {
  const start = new Int32Array(kinds + 1)
  for (let i = 0; i < keys.length; i++) start[rank[keys[i]] + 1]++
  for (let i = 1; i <= kinds; i++) start[i] += start[i - 1]
  const sorted = new Int32Array(keys.length)
  for (let i = 0; i < keys.length; i++) sorted[start[rank[keys[i]]]++] = i
  return sorted
}

function sumUp(tree) {
  const { length, parent, before, after } = tree
  tree.totalBefore = before.slice()
  tree.totalAfter = after.slice()
  tree.span = new Float64Array(length)
  tree.end = new Int32Array(length)
  for (let i = length - 1; i >= 0; i--) {
    tree.span[i] += Math.max(before[i], after[i])
    if (tree.end[i] === 0) tree.end[i] = i + 1
    const up = parent[i]
    if (up < 0) continue
    tree.totalBefore[up] += tree.totalBefore[i]
    tree.totalAfter[up] += tree.totalAfter[i]
    tree.span[up] += tree.span[i]
    tree.end[up] = Math.max(tree.end[up], tree.end[i])
  }
  return tree
}

/** A frame that groups others under a name and is not a function. */
export const namedFrame = name => ({
  name,
  file: '',
  line: 0,
  category: 'v8',
  match: 'exact',
  owner: null,
  low: NaN,
  high: NaN,
  p: NaN,
  source: null,
})

/** Whole cost of either side, and the span of all roots. */
export function wholeOf(tree) {
  const whole = { before: 0, after: 0, span: 0 }
  for (let i = 0; i < tree.length; i = tree.end[i]) {
    whole.before += tree.totalBefore[i]
    whole.after += tree.totalAfter[i]
    whole.span += tree.span[i]
  }
  return whole
}

/** The end of the interval nearest to zero; 0 if the interval contains zero or is not known. */
export function sureChange(tree, i) {
  if (tree.low[i] > 0) return tree.low[i]
  if (tree.high[i] < 0) return tree.high[i]
  return 0
}

/** The index of each node's owner: its function's, or else its caller's. The last one owns what has no such caller. */
export function ownersOf({ frames, frame, parent, owners }) {
  const own = new Int32Array(frame.length)
  for (let i = 0; i < own.length; i++)
    own[i] = frames[frame[i]].owner ?? (parent[i] < 0 ? owners.length - 1 : own[parent[i]])
  return own
}

/** Nodes of an owner, and what they cost by themselves, as what they call can be another one's. */
function searchOwner(tree, wanted) {
  const named = tree.owners.map(
    ({ name }) =>
      name.toLowerCase().startsWith(wanted) && [undefined, '@', ' '].includes(name[wanted.length]),
  )
  const found = ownersOf(tree).map(owner => named[owner])
  const result = { found, nodes: 0, functions: 0, before: 0, after: 0 }
  const seen = new Set()
  for (let i = 0; i < tree.length; i++) {
    if (!found[i]) continue
    seen.add(tree.frame[i])
    result.nodes++
    result.before += tree.before[i]
    result.after += tree.after[i]
  }
  return { ...result, functions: seen.size }
}

/**
 * Nodes whose function or file contains the text, and what they cost; a nested hit counts once. `owner:name` finds what
 * belongs to an owner.
 */
export function searchTree(tree, text) {
  const wanted = text.trim().toLowerCase()
  if (!wanted) return null
  if (wanted.startsWith('owner:')) return searchOwner(tree, wanted.slice(6).trim())
  const hits = new Uint8Array(tree.frames.length)
  tree.frames.forEach(({ name, file }, i) => {
    hits[i] = name.toLowerCase().includes(wanted) || file.toLowerCase().includes(wanted) ? 1 : 0
  })
  const found = new Uint8Array(tree.length)
  const result = { found, nodes: 0, functions: 0, before: 0, after: 0 }
  const seen = new Uint8Array(hits.length)
  let covered = 0
  for (let i = 0; i < tree.length; i++) {
    if (!hits[tree.frame[i]]) continue
    found[i] = 1
    if (!seen[tree.frame[i]]) result.functions++
    seen[tree.frame[i]] = 1
    result.nodes++
    if (i < covered) continue
    result.before += tree.totalBefore[i]
    result.after += tree.totalAfter[i]
    covered = tree.end[i]
  }
  return result
}
