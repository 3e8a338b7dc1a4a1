import type { Profile } from '../model/profile.ts'
import { sum } from '../stats/describe.ts'
import { type Frame, framesOf, named } from './frame.ts'
import { PairIndex } from './pair-index.ts'
import { plainPath } from './paths.ts'

/** Profiles of one kind as one tree of calls: a node is a function called through a path of functions. */
export interface CallTree {
  frames: Frame[]
  /** A parent's index is smaller than its child's; −1 above an outermost function. */
  parent: Int32Array
  /** Index into `frames`. */
  frame: Uint32Array
  /** `self[p][n]`: of node n in profile p. */
  self: Float64Array[]
}

/** Samples without a function count too. */
const NO_STACK = named('(no stack)')

/** Gathers nodes by function, whatever their lines within it. */
export class TreeBuilder {
  readonly frames: Frame[]
  readonly #strings = new Map<string, number>()
  /** A function is a pair of a text (name and file) and a place (line and column). */
  readonly #texts = new PairIndex()
  readonly #places = new PairIndex()
  readonly #functions = new PairIndex()
  /** Index into `frames`, by function. */
  readonly #frameOf: number[] = []
  /** Pairs of parent and frame. */
  readonly #nodes: PairIndex

  /** Given `frames` keep their indexes; `expectedNodes` only saves time. */
  constructor(frames: Frame[] = [], expectedNodes?: number) {
    this.frames = frames
    this.#nodes = new PairIndex(expectedNodes)
  }

  addFrame(frame: Frame): number {
    const text = this.#texts.add(this.#string(frame.name), this.#string(frame.file))
    const fn = this.#functions.add(text, this.#places.add(frame.line, frame.column))
    if (fn === this.#frameOf.length) this.#frameOf.push(this.frames.push(frame) - 1)
    return this.#frameOf[fn]!
  }

  #string(text: string): number {
    const known = this.#strings.get(text)
    if (known !== undefined) return known
    this.#strings.set(text, this.#strings.size)
    return this.#strings.size - 1
  }

  node(parent: number, frame: number): number {
    return this.#nodes.add(parent, frame)
  }

  get size(): number {
    return this.#nodes.size
  }

  /** Columns of another tree whose node n became node `place[n]` here. */
  moved(columns: Float64Array[], place: ArrayLike<number>): Float64Array[] {
    return columns.map(column => {
      const moved = new Float64Array(this.size)
      for (let at = 0; at < column.length; at++) moved[place[at]!]! += column[at]!
      return moved
    })
  }

  /** `columns` can be shorter than the tree. */
  build(columns: Float64Array[]): CallTree {
    const { first: parent, second: frame } = this.#nodes.columns()
    const self = columns.map(column => {
      const whole = new Float64Array(this.size)
      whole.set(column)
      return whole
    })
    return { frames: this.frames, parent, frame: new Uint32Array(frame), self }
  }
}

type TreeOptions = { without?: (frame: Frame) => boolean }

/** A tree that was built from profiles. */
export interface FoldedTree extends CallTree {
  /** The node of each stack; negative for stacks without a function, and for those that are left out. */
  nodes: Map<Profile['stacks'], Int32Array>
}

/**
 * One tree over all profiles of one side. Each has a column of self values, of its last value type.
 * Functions that `without` chooses are left out, with all their callees.
 */
export function buildCallTree(profiles: readonly Profile[], options: TreeOptions = {}): FoldedTree {
  const builder = new TreeBuilder([], profiles[0]?.stacks.parent.length)
  // Parts of one profile share its stacks.
  const known = new Map<Profile['stacks'], Int32Array>()
  const columns = profiles.map(profile => {
    const nodes = known.get(profile.stacks) ?? addStacks(builder, profile, options.without ?? (() => false))
    known.set(profile.stacks, nodes)
    const nodeOf = (stack: number) => (stack === -1 ? NOWHERE : nodes[stack]!)
    const { stack: stacks, values } = profile.samples
    const nowhere = stacks.some(stack => nodeOf(stack) === NOWHERE)
    const none = nowhere ? builder.node(-1, builder.addFrame(NO_STACK)) : -1
    const column = values.at(-1)!
    const self = new Float64Array(builder.size)
    for (let sample = 0; sample < stacks.length; sample++) {
      const node = nodeOf(stacks[sample]!)
      if (node !== LEFT_OUT) self[node === NOWHERE ? none : node]! += column[sample]!
    }
    return self
  })
  return { ...builder.build(columns), nodes: known }
}

/** Instead of a node: the stack is only `(root)`. */
const NOWHERE = -1
/** Instead of a node: the stack contains a function that is left out. */
const LEFT_OUT = -2

/** The tree's node for every stack of the profile. */
function addStacks(builder: TreeBuilder, profile: Profile, without: (frame: Frame) => boolean): Int32Array {
  const { locations, stacks } = profile
  const frames = plainFrames(profile).map(frame => (without(frame) ? LEFT_OUT : builder.addFrame(frame)))
  const nodes = new Int32Array(stacks.parent.length)
  for (let at = 0; at < nodes.length; at++) {
    const parent = stacks.parent[at]!
    const above = parent === -1 ? NOWHERE : nodes[parent]!
    const frame = frames[locations.function[stacks.location[at]!]!]!
    if (above === LEFT_OUT || frame === LEFT_OUT) nodes[at] = LEFT_OUT
    else if (above === NOWHERE && builder.frames[frame]!.name === '(root)') nodes[at] = NOWHERE
    else nodes[at] = builder.node(above, frame)
  }
  return nodes
}

function plainFrames(profile: Profile): Frame[] {
  const files = new Map<string, string>()
  return framesOf(profile).map(({ name, file, line, column }) => {
    const plain = files.get(file) ?? plainPath(file)
    files.set(file, plain)
    return { name: plainName(name), file: plain, line, column }
  })
}

/** Without marks of the optimisation level (`*f`, `~f`, `^f`, `+'f`); empty for anonymous functions. */
function plainName(name: string): string {
  const plain = name.replace(/^[*~^+]+'?(?=[\p{L}$_#])/u, '')
  return plain.startsWith('(anonymous') || plain === '<anonymous>' ? '' : plain
}

/** The value of each node with all nodes below it, from one column of `self`. */
export function totals({ parent }: Pick<CallTree, 'parent'>, self: Float64Array): Float64Array {
  const total = self.slice()
  for (let at = total.length - 1; at >= 0; at--) if (parent[at] !== -1) total[parent[at]!]! += total[at]!
  return total
}

/** `self[p][f]` and `total[p][f]` of function f in profile p. A sample counts once per function, even in recursion. */
export function functionTable(tree: CallTree): { self: Float64Array[]; total: Float64Array[] } {
  const outer = outermostNodes(tree)
  const table = { self: [] as Float64Array[], total: [] as Float64Array[] }
  for (const column of tree.self) {
    const below = totals(tree, column)
    const self = new Float64Array(tree.frames.length)
    const total = new Float64Array(tree.frames.length)
    for (let at = 0; at < column.length; at++) {
      self[tree.frame[at]!]! += column[at]!
      if (outer[at]) total[tree.frame[at]!]! += below[at]!
    }
    table.self.push(self)
    table.total.push(total)
  }
  return table
}

/** Marks nodes that have no ancestor with the same function. */
function outermostNodes({ frames, parent, frame }: CallTree): Uint8Array {
  const size = parent.length
  const firstChild = new Int32Array(size + 1).fill(-1)
  const nextSibling = new Int32Array(size).fill(-1)
  for (let at = size - 1; at >= 0; at--) {
    nextSibling[at] = firstChild[parent[at]! + 1]!
    firstChild[parent[at]! + 1] = at
  }
  const outer = new Uint8Array(size)
  const open = new Uint8Array(frames.length)
  // Depth first without recursion: stacks can be tens of thousands deep.
  let at = firstChild[0]!
  while (at !== -1) {
    const fn = frame[at]!
    if (!open[fn]) outer[at] = open[fn] = 1
    let next = firstChild[at + 1]!
    for (let done = at; next === -1 && done !== -1; done = parent[done]!) {
      if (outer[done]) open[frame[done]!] = 0
      next = nextSibling[done]!
    }
    at = next
  }
  return outer
}

/** `groups`: of the frames `(rest)`, by frame. */
type PrunedTree = CallTree & { groups: Map<number, number> }

/**
 * The tree without calls below `share` of all columns together. Each call keeps the sum of its dropped callees in a
 * child `(rest)` for each of their groups, so no value is lost. New frames come after those of the tree.
 *
 * @param groupOf the group of each node; default: all are of one
 */
export function pruneTree(tree: CallTree, share: number, groupOf: ArrayLike<number> = []): PrunedTree {
  const large = largeNodes(tree, share)
  const builder = new TreeBuilder([...tree.frames])
  const rests = new Map<number, number>()
  const restOf = (group: number) => {
    const rest = rests.get(group) ?? builder.frames.push(named('(rest)')) - 1
    rests.set(group, rest)
    return rest
  }
  const place = new Int32Array(tree.parent.length)
  // A small call is counted for its nearest caller that stays. All its callees are small too.
  const caller = new Int32Array(tree.parent.length)
  for (let node = 0; node < place.length; node++) {
    const parent = tree.parent[node]!
    const above = parent === -1 ? -1 : large[parent] ? place[parent]! : caller[parent]!
    caller[node] = above
    const frame = large[node] ? tree.frame[node]! : restOf(groupOf[node] ?? 0)
    place[node] = builder.node(above, frame)
  }
  const groups = new Map(Array.from(rests, ([group, frame]) => [frame, group]))
  return { ...builder.build(builder.moved(tree.self, place)), groups }
}

function largeNodes(tree: CallTree, share: number): Uint8Array {
  const pooled = new Float64Array(tree.parent.length)
  for (const self of tree.self) for (let node = 0; node < pooled.length; node++) pooled[node]! += self[node]!
  const least = share * sum(pooled)
  return Uint8Array.from(totals(tree, pooled), total => Number(total > 0 && total >= least))
}
