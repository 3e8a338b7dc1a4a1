/** V8's two profile formats share a tree of nodes with call frames. */
import { ProfileError } from '../../profile/index.ts'
import { IdIndex } from '../id-index.ts'
import { isObject, type Json, listOf } from '../json.ts'

/** Nodes of a file, parents before children. */
export interface V8Tree {
  nodes: Json[]
  /** Index into `nodes`; −1 for a root. */
  parent: Int32Array
  /** Index into `nodes` of the node with this id; −1 for an unknown one. */
  find: (id: unknown) => number
}

/** Reads a tree whose nodes hold their children; `what` names the format in errors. */
export function nestedTree(head: unknown, what: string): V8Tree {
  if (!isObject(head)) throw new ProfileError(`${what}: "head" is not an object.`)
  const nodes = [head]
  const parents = [-1]
  const index = new Map<number, number>()
  const seen = new Set<Json>(nodes)
  for (let at = 0; at < nodes.length; at++) {
    const { id } = nodes[at]!
    if (typeof id === 'number') index.set(id, at)
    for (const child of listOf(nodes[at]!.children)) {
      if (!isObject(child)) throw new ProfileError(`${what}: a child in the tree is not an object.`)
      if (seen.has(child)) throw new ProfileError(`${what}: the tree of nodes has a cycle.`)
      seen.add(child)
      nodes.push(child)
      parents.push(at)
    }
  }
  return { nodes, parent: new Int32Array(parents), find: id => index.get(id as number) ?? -1 }
}

/** Reads a list whose nodes name their children, or their parent, by id. */
export function listedTree(list: unknown[], what: string): V8Tree {
  const find = finder(list, what)
  const nodes = list as Json[]
  return parentsFirst({ nodes, parent: linkParents(nodes, find, what), find }, what)
}

function finder(list: unknown[], what: string): V8Tree['find'] {
  const ids = new IdIndex(list.length)
  for (let at = 0; at < list.length; at++) {
    const node = list[at]
    if (!isObject(node)) throw new ProfileError(`${what}: node ${at} is not an object.`)
    const { id } = node
    if (typeof id !== 'number') throw new ProfileError(`${what}: node ${at} has no id.`)
    if (ids.get(id) !== -1) throw new ProfileError(`${what}: two nodes have the id ${id}.`)
    ids.set(id, at)
  }
  return id => ids.get(id)
}

function linkParents(nodes: Json[], find: V8Tree['find'], what: string): Int32Array {
  const parent = new Int32Array(nodes.length).fill(-1)
  const link = (at: number, above: number, by: number, id: unknown) => {
    if (at === -1 || above === -1)
      throw new ProfileError(`${what}: node ${nodes[by]!.id} refers to node ${id}, which does not exist.`)
    if (parent[at] !== -1 && parent[at] !== above)
      throw new ProfileError(`${what}: node ${nodes[at]!.id} has two parents.`)
    parent[at] = above
  }
  for (let at = 0; at < nodes.length; at++) {
    const node = nodes[at]!
    for (const child of listOf(node.children)) link(find(child), at, at, child)
    if (node.parent !== undefined && node.parent !== null) link(at, find(node.parent), at, node.parent)
  }
  return parent
}

/** Sorts by depth if needed, which also finds nodes in a cycle. */
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
