/** What V8's two profile formats share: a tree of nodes with call frames. */
import type { ProfileBuilder } from './build.ts'
import { ProfileError } from './error.ts'

export type Json = Record<string, unknown>

/** V8's nodes, parents before children. */
export interface V8Tree {
  nodes: Json[]
  /** Index into `nodes`; −1 for a root. */
  parent: Int32Array
  /** The index in `nodes` of the node with that id; −1 where there is none. */
  find: (id: unknown) => number
}

export const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null

const childrenOf = (node: Json): unknown[] => (Array.isArray(node.children) ? node.children : [])

/** A tree whose nodes hold their children; `what` names the format in errors. */
export function nestedTree(head: unknown, what: string): V8Tree {
  if (!isObject(head)) throw new ProfileError(`${what}: "head" is not an object.`)
  const nodes = [head]
  const parents = [-1]
  const index = new Map<number, number>()
  const seen = new Set<Json>(nodes)
  for (let at = 0; at < nodes.length; at++) {
    const { id } = nodes[at]!
    if (typeof id === 'number') index.set(id, at)
    for (const child of childrenOf(nodes[at]!)) {
      if (!isObject(child)) throw new ProfileError(`${what}: a child in the tree is not an object.`)
      if (seen.has(child)) throw new ProfileError(`${what}: the tree of nodes has a cycle.`)
      seen.add(child)
      nodes.push(child)
      parents.push(at)
    }
  }
  return { nodes, parent: new Int32Array(parents), find: id => index.get(id as number) ?? -1 }
}

/** A tree given as a list whose nodes name their children, or their parent, by id. */
export function listedTree(list: unknown[], what: string): V8Tree {
  const find = finder(list, what)
  const nodes = list as Json[]
  return parentsFirst({ nodes, parent: linkParents(nodes, find, what), find }, what)
}

/** V8 numbers nodes from 1 on, which an array finds much faster than a map; others may number as they like. */
function finder(list: unknown[], what: string): V8Tree['find'] {
  const dense = new Int32Array(2 * list.length + 16).fill(-1)
  const others = new Map<unknown, number>()
  const find = (id: unknown) => dense[id as number] ?? others.get(id) ?? -1
  for (let at = 0; at < list.length; at++) {
    const node = list[at]
    if (!isObject(node)) throw new ProfileError(`${what}: node ${at} is not an object.`)
    const { id } = node
    if (typeof id !== 'number') throw new ProfileError(`${what}: node ${at} has no id.`)
    if (find(id) !== -1) throw new ProfileError(`${what}: two nodes have the id ${id}.`)
    if (dense[id] === undefined) others.set(id, at)
    else dense[id] = at
  }
  return find
}

function linkParents(nodes: Json[], find: V8Tree['find'], what: string): Int32Array {
  const parent = new Int32Array(nodes.length).fill(-1)
  const link = (at: number, above: number, by: number, id: unknown) => {
    if (at === -1 || above === -1)
      throw new ProfileError(`${what}: node ${nodes[by]!.id} refers to nothing (${id}).`)
    if (parent[at] !== -1 && parent[at] !== above)
      throw new ProfileError(`${what}: node ${nodes[at]!.id} has two parents.`)
    parent[at] = above
  }
  for (let at = 0; at < nodes.length; at++) {
    const node = nodes[at]!
    for (const child of childrenOf(node)) link(find(child), at, at, child)
    if (node.parent !== undefined && node.parent !== null) link(at, find(node.parent), at, node.parent)
  }
  return parent
}

/** Sorts by depth where that is needed, which also finds the nodes that hang in a cycle. */
function parentsFirst(tree: V8Tree, what: string): V8Tree {
  const { nodes, parent, find } = tree
  if (parent.every((above, at) => above < at)) return tree
  const children: number[][] = nodes.map(() => [])
  const order: number[] = []
  for (let at = 0; at < nodes.length; at++) {
    if (parent[at] === -1) order.push(at)
    else children[parent[at]!]!.push(at)
  }
  for (let next = 0; next < order.length; next++)
    for (const child of children[order[next]!]!) order.push(child)
  if (order.length < nodes.length) throw new ProfileError(`${what}: the nodes' parent links form a cycle.`)
  const rank = new Int32Array(nodes.length)
  order.forEach((at, next) => {
    rank[at] = next
  })
  return {
    nodes: order.map(at => nodes[at]!),
    parent: Int32Array.from(order, at => (parent[at] === -1 ? -1 : rank[parent[at]!]!)),
    find: id => rank[find(id)] ?? -1,
  }
}

/** Adds every node to the builder and gives its stack and function; `(root)` is no frame: its stack is −1. */
export function addStacks(
  builder: ProfileBuilder,
  tree: V8Tree,
): { stack: Int32Array; function: Uint32Array } {
  const stack = new Int32Array(tree.nodes.length)
  const functions = new Uint32Array(tree.nodes.length)
  for (let at = 0; at < stack.length; at++) {
    const above = tree.parent[at]!
    stack[at] = -1
    if (above === -1 && isRoot(tree.nodes[at]!)) continue
    functions[at] = addFunction(builder, tree.nodes[at]!)
    stack[at] = builder.stack(above === -1 ? -1 : stack[above]!, builder.location(functions[at]!))
  }
  return { stack, function: functions }
}

/** Today's nodes have a `callFrame` with 0-based positions; those of old have the fields themselves, 1-based. */
function addFunction(builder: ProfileBuilder, node: Json): number {
  const frame = isObject(node.callFrame) ? node.callFrame : node
  const shift = frame === node ? 0 : 1
  const name = typeof frame.functionName === 'string' ? frame.functionName : ''
  const file = typeof frame.url === 'string' ? frame.url : ''
  return builder.function(name, file, position(frame.lineNumber, shift), position(frame.columnNumber, shift))
}

function isRoot(node: Json): boolean {
  const frame = isObject(node.callFrame) ? node.callFrame : node
  return frame.functionName === '(root)'
}

/** 1-based; 0 for −1, for nothing and for nonsense. */
export function position(value: unknown, shift: number): number {
  const at = typeof value === 'number' && Number.isInteger(value) ? value + shift : 0
  return at > 0 && at < 2 ** 26 ? at : 0
}
