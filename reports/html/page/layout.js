/**
 * Where every node is drawn: `x` and `width` in units of cost, and the nodes of each row from left to right; and which
 * node a key moves to.
 */
export function layOut(tree, side) {
  const { length, parent, depth } = tree
  const width = side === 'before' ? tree.totalBefore : side === 'after' ? tree.totalAfter : tree.span
  const x = new Float64Array(length)
  const free = new Float64Array(length)
  let roots = 0
  for (let i = 0; i < length; i++) {
    const up = parent[i]
    if (up < 0) {
      x[i] = roots
      roots += width[i]
    } else {
      x[i] = free[up]
      free[up] += width[i]
    }
    free[i] = x[i]
  }
  return { x, width, extent: roots, ...rowsOf(depth, width) }
}

/** Depth-first order keeps each row sorted by x; nodes without width are left out. */
function rowsOf(depth, width) {
  let rows = 0
  for (let i = 0; i < depth.length; i++) if (width[i] > 0 && depth[i] >= rows) rows = depth[i] + 1
  const start = new Int32Array(rows + 1)
  for (let i = 0; i < depth.length; i++) if (width[i] > 0) start[depth[i] + 1]++
  for (let row = 0; row < rows; row++) start[row + 1] += start[row]
  const nodes = new Int32Array(start[rows])
  const next = start.slice()
  for (let i = 0; i < depth.length; i++) if (width[i] > 0) nodes[next[depth[i]]++] = i
  return { rows, start, nodes }
}

/** Position in `nodes`, from `from` up to `to`, of the first whose right edge is beyond `at`. */
export function firstBeyond(layout, from, to, at) {
  const { nodes, x, width } = layout
  let low = from
  let high = to
  while (low < high) {
    const middle = (low + high) >> 1
    const node = nodes[middle]
    if (x[node] + width[node] > at) high = middle
    else low = middle + 1
  }
  return low
}

/** The same for a place that is probably near, in steps that double and then by halves. */
export function nextBeyond(layout, from, to, at) {
  const { nodes, x, width } = layout
  let low = from
  let step = 1
  while (low + step < to && x[nodes[low + step]] + width[nodes[low + step]] <= at) {
    low += step
    step *= 2
  }
  return firstBeyond(layout, low, Math.min(to, low + step + 1), at)
}

/** The node at a place, or −1. */
export function nodeAt(layout, row, at) {
  if (row < 0 || row >= layout.rows) return -1
  const position = firstBeyond(layout, layout.start[row], layout.start[row + 1], at)
  const node = layout.nodes[position]
  return position < layout.start[row + 1] && layout.x[node] <= at ? node : -1
}

/** The neighbour in the same row, or −1. */
export function neighbour(tree, layout, node, step) {
  const row = tree.depth[node]
  const position = firstBeyond(layout, layout.start[row], layout.start[row + 1], layout.x[node]) + step
  return position >= layout.start[row] && position < layout.start[row + 1] ? layout.nodes[position] : -1
}

/** The widest child, or −1. */
export function widestChild(tree, layout, node) {
  let best = -1
  for (let child = node + 1; child < tree.end[node]; child = tree.end[child]) {
    if (layout.width[child] > 0 && (best < 0 || layout.width[child] > layout.width[best])) best = child
  }
  return best
}

/** What a key asks of the flame: `{focus}`, `{show}`, `{zoom}`, `{pan}`, `{reset}`, `{search}` or `{sandwich}`. */
export function steer(event, tree, layout, focus, flipped) {
  if (event.ctrlKey || event.metaKey || event.altKey) return null
  const { key } = event
  const outward = flipped ? 'ArrowDown' : 'ArrowUp'
  const inward = flipped ? 'ArrowUp' : 'ArrowDown'
  if (key === '+' || key === '=') return { zoom: 0.5 }
  if (key === '-') return { zoom: 2 }
  if (key === 'Escape' || key === '0') return { reset: true }
  if (key === '/') return { search: true }
  if (key === 'PageUp' || key === 'PageDown') return { pan: key === 'PageUp' ? -0.5 : 0.5 }
  if (tree.length === 0) return null
  if (key === 'Home' || (focus < 0 && key.startsWith('Arrow'))) return { focus: 0 }
  if (focus < 0) return null
  if (key === 'Enter') return { show: focus }
  if (key === 's') return { sandwich: focus }
  const target = targetOf(key, { inward, outward }, tree, layout, focus)
  return target === undefined ? null : { focus: target < 0 ? focus : target }
}

function targetOf(key, { inward, outward }, tree, layout, focus) {
  if (key === outward) return tree.parent[focus]
  if (key === inward) return widestChild(tree, layout, focus)
  if (key === 'ArrowLeft') return neighbour(tree, layout, focus, -1)
  if (key === 'ArrowRight') return neighbour(tree, layout, focus, 1)
  return undefined
}
