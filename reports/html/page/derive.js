/** Other trees made of a tree: each takes a grown tree and grows a new one. And the part of a source by time. */
import { COLUMNS, growTree, namedFrame, ownersOf, sureChange } from './tree.js'

/** Without the nodes that `keeps` rejects: their own cost moves to the nearest caller that stays. */
export function splice(tree, keeps) {
  const place = new Int32Array(tree.length)
  const kept = emptySource(tree)
  for (let i = 0; i < tree.length; i++) {
    const up = tree.parent[i] < 0 ? -1 : place[tree.parent[i]]
    if (up < 0 || keeps(i)) {
      place[i] = add(kept, up, tree.frame[i], tree.before[i], tree.after[i], tree.low[i], tree.high[i])
      continue
    }
    place[i] = up
    kept.before[up] += tree.before[i]
    kept.after[up] += tree.after[i]
  }
  return growTree(kept)
}

/** Only nodes that changed beyond doubt, and the way to them. */
export function significantOnly(tree) {
  const sure = new Uint8Array(tree.length)
  for (let i = tree.length - 1; i >= 0; i--) {
    if (sureChange(tree, i) !== 0) sure[i] = 1
    if (sure[i] && tree.parent[i] >= 0) sure[tree.parent[i]] = 1
  }
  return splice(tree, i => sure[i] === 1)
}

/** Without nodes that only call one other. */
export function collapse(tree) {
  return splice(tree, i => {
    const only = i + 1
    const single = only < tree.end[i] && tree.end[only] === tree.end[i]
    return !single || tree.before[i] > 0 || tree.after[i] > 0
  })
}

export const withoutCategories = (tree, hidden) =>
  splice(tree, i => !hidden.has(tree.frames[tree.frame[i]].category))

/** Callers below callees: on top what costs, below it what called it. With owners, those are on top of their functions. */
export function invert(tree, withOwners = false) {
  const { frames, owners } = tree
  const trie = makeTrie(tree, '(all)', undefined, withOwners ? owners : [])
  const own = withOwners ? ownersOf(tree) : null
  for (let i = 0; i < tree.length; i++) {
    if (tree.before[i] === 0 && tree.after[i] === 0) continue
    let at = own ? trie.child(0, frames.length + 1 + own[i]) : 0
    for (let j = i; j >= 0; j = tree.parent[j]) at = trie.child(at, tree.frame[j])
    trie.cost(at, tree.before[i], tree.after[i])
  }
  // A function's own change is known from the table, but not how its callers share it, or its owners.
  const { source } = trie
  for (let i = 1; i < source.parent.length; i++) {
    const { low, high, owner } = source.frames[source.frame[i]]
    const below = source.parent[source.parent[i]]
    if (source.parent[i] !== 0 && !(withOwners && below === 0 && owner !== null)) continue
    source.low[i] = low
    source.high[i] = high
  }
  return growTree(source)
}

/** The nodes of one function; a recursion counts once, at its outermost call. */
function* outermost(tree, wanted) {
  for (let i = 0; i < tree.length; i = tree.frame[i] === wanted ? tree.end[i] : i + 1)
    if (tree.frame[i] === wanted) yield i
}

/** Everything that one function calls, wherever it is called from. */
export function calleesOf(tree, wanted) {
  const trie = makeTrie(tree, tree.frames[wanted].name, wanted)
  for (const i of outermost(tree, wanted)) copyBelow(tree, i, trie)
  return growTree(trie.source)
}

function copyBelow(tree, root, trie) {
  const place = new Map([[root, 0]])
  trie.merge(0, tree, root)
  for (let i = root + 1; i < tree.end[root]; i++) {
    const at = trie.child(place.get(tree.parent[i]), tree.frame[i])
    place.set(i, at)
    trie.merge(at, tree, i)
  }
}

/** Every caller of one function, and their callers. */
export function callersOf(tree, wanted) {
  const trie = makeTrie(tree, tree.frames[wanted].name, wanted)
  for (const i of outermost(tree, wanted)) {
    let at = 0
    for (let j = tree.parent[i]; j >= 0; j = tree.parent[j]) at = trie.child(at, tree.frame[j])
    trie.cost(at, tree.totalBefore[i], tree.totalAfter[i])
  }
  return growTree(trie.source)
}

/** A source for `growTree` that finds a child by its function. `others` are frames too. */
function makeTrie(tree, name, frame, others = []) {
  const source = emptySource(tree)
  if (frame === undefined) source.frames = [...tree.frames, namedFrame(name), ...others]
  const kinds = source.frames.length
  add(source, -1, frame ?? tree.frames.length, 0, 0, NaN, NaN)
  const known = new Map()
  const merged = new Set()
  return {
    source,
    child(at, frame) {
      const key = at * kinds + frame
      let found = known.get(key)
      if (found === undefined) {
        found = add(source, at, frame, 0, 0, NaN, NaN)
        known.set(key, found)
      }
      return found
    },
    /** Adds a node; its interval is lost as soon as a second one joins it. */
    merge(at, tree, node) {
      const alone = !merged.has(at)
      merged.add(at)
      source.low[at] = alone ? tree.low[node] : NaN
      source.high[at] = alone ? tree.high[node] : NaN
      this.cost(at, tree.before[node], tree.after[node])
    },
    cost(at, before, after) {
      source.before[at] += before
      source.after[at] += after
    },
  }
}

const emptySource = ({ unit, frames, owners }) => ({
  unit,
  frames,
  owners,
  ...Object.fromEntries(['parent', ...COLUMNS].map(column => [column, []])),
})

function add(source, parent, frame, before, after, low, high) {
  source.parent.push(parent)
  source.frame.push(frame)
  source.before.push(before)
  source.after.push(after)
  source.low.push(low)
  source.high.push(high)
  return source.parent.length - 1
}

/** Length of the profile in milliseconds. */
export const lengthOf = ({ step, requests }) => step * requests.before.length

/** The whole steps, at least one, that hold a range of milliseconds; null if that is all of them. */
export function stepsIn({ step, requests }, [from, to]) {
  const count = requests.before.length
  const first = Math.min(count - 1, Math.max(0, Math.floor(from / step)))
  const end = Math.min(count, Math.max(first + 1, Math.ceil(to / step)))
  return first === 0 && end === count ? null : [first, end]
}

/** The cost per request of these steps; a part of a run has no interval. */
export function partOf(source, [first, end]) {
  const { node, at, before, after, requests } = source.moments
  const share = side => requests[side].slice(first, end).reduce((sum, it) => sum + it, 0)
  const shares = { before: share('before'), after: share('after') }
  const { length } = source.parent
  const none = new Float32Array(length).fill(Number.NaN)
  const sides = { before: new Float64Array(length), after: new Float64Array(length) }
  const unsure = list => list.map(it => ({ ...it, low: Number.NaN, high: Number.NaN, p: Number.NaN }))
  const [frames, owners] = [source.frames, source.owners].map(unsure)
  const part = { ...source, ...sides, low: none, high: none, frames, owners }
  for (let i = 0; i < node.length; i++) {
    if (at[i] < first || at[i] >= end) continue
    if (shares.before > 0) part.before[node[i]] += before[i] / shares.before
    if (shares.after > 0) part.after[node[i]] += after[i] / shares.after
  }
  return part
}
