import type { Profile } from '../model/profile.ts'
import { PairIndex } from './pair-index.ts'
import { plainPath } from './paths.ts'

/** A function as call trees know it; `line` and `column` are 1-based, 0 where unknown. */
export interface Frame {
  name: string
  file: string
  line: number
  column: number
}

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

export interface TreeOptions {
  /** Which of the profile's value types; the last one by default. */
  valueType?: number
  /** Functions that are left out with all that they call. */
  without?: (frame: Frame) => boolean
}

/** Samples that name no function still count. */
const NO_STACK: Frame = { name: '(no stack)', file: '', line: 0, column: 0 }

/** Gathers nodes by function: lines within a function do not matter here. */
export class TreeBuilder {
  readonly frames: Frame[]
  readonly #frameIndex = new Map<string, number>()
  /** Parent and frame. */
  readonly #nodes: PairIndex

  /** `frames` that are there already are referred to by their index; `expectedNodes` only saves time. */
  constructor(frames: Frame[] = [], expectedNodes?: number) {
    this.frames = frames
    this.#nodes = new PairIndex(expectedNodes)
  }

  addFrame(frame: Frame): number {
    const key = `${frame.name}\n${frame.file}\n${frame.line}:${frame.column}`
    const known = this.#frameIndex.get(key)
    if (known !== undefined) return known
    this.#frameIndex.set(key, this.frames.length)
    return this.frames.push(frame) - 1
  }

  node(parent: number, frame: number): number {
    return this.#nodes.add(parent, frame)
  }

  get size(): number {
    return this.#nodes.size
  }

  /** `columns` may be shorter than the tree. */
  build(columns: Float64Array[]): CallTree {
    const self = columns.map(column => {
      const whole = new Float64Array(this.size)
      whole.set(column)
      return whole
    })
    const { first: parent, second: frame } = this.#nodes.columns()
    return { frames: this.frames, parent, frame: new Uint32Array(frame), self }
  }
}

/** One tree over all profiles of one side, with a column of self values for each. */
export function buildCallTree(profiles: readonly Profile[], options: TreeOptions = {}): CallTree {
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
    const column = values[options.valueType ?? values.length - 1]!
    const self = new Float64Array(builder.size)
    for (let sample = 0; sample < stacks.length; sample++) {
      const node = nodeOf(stacks[sample]!)
      if (node !== LEFT_OUT) self[node === NOWHERE ? none : node]! += column[sample]!
    }
    return self
  })
  return builder.build(columns)
}

/** In place of a node: the stack is only `(root)`, or it goes through a function that is left out. */
const NOWHERE = -1
const LEFT_OUT = -2

/** The tree's node for every stack of the profile. */
function addStacks(builder: TreeBuilder, profile: Profile, without: (frame: Frame) => boolean): Int32Array {
  const { locations, stacks } = profile
  const frames = framesOf(profile).map(frame => (without(frame) ? LEFT_OUT : builder.addFrame(frame)))
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

function framesOf({ strings, functions }: Profile): Frame[] {
  const files = new Map<number, string>()
  return Array.from(functions.name, (name, at) => {
    const file = functions.file[at]!
    if (!files.has(file)) files.set(file, plainPath(strings[file]!))
    const [line, column] = [functions.line[at]!, functions.column[at]!]
    return { name: plainName(strings[name]!), file: files.get(file)!, line, column }
  })
}

/** Copies of one function at other optimisation levels (`*f`, `~f`, `^f`, `+'f`) are one; every anonymous name is none. */
function plainName(name: string): string {
  const plain = name.replace(/^[*~^+]+'?(?=[\p{L}$_#])/u, '')
  return plain.startsWith('(anonymous') || plain === '<anonymous>' ? '' : plain
}

/** Values of each node with all below it, one column of `self`. */
export function totals({ parent }: Pick<CallTree, 'parent'>, self: Float64Array): Float64Array {
  const total = self.slice()
  for (let at = total.length - 1; at >= 0; at--) if (parent[at] !== -1) total[parent[at]!]! += total[at]!
  return total
}

/** Per function and profile; `self[p][f]`, `total[p][f]`. A sample counts once per function, recursion or not. */
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

/** Marks the nodes that have no ancestor of the same function. */
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
  // Depth first without recursion: stacks may be tens of thousands deep.
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
