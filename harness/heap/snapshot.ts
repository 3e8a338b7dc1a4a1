/** V8's heap snapshots: a graph of objects → sums by constructor, with the bytes that each keeps alive. */
import { isObject, type Json } from '../formats/json.ts'
import { type CallTree, functionTable, named, ProfileError } from '../profile/index.ts'
import { type Graph, immediateDominators } from './dominators.ts'

const WHAT = 'Heap snapshot of V8'

/** All objects of one constructor: their number, their own bytes, and the bytes that would be freed with them. */
export interface ConstructorSum {
  count: number
  self: number
  retained: number
}

/**
 * Reads the content of a `.heapsnapshot`. An object has the name of its class; anything else has its kind in
 * parentheses, such as `(array)`. Retained bytes count once per constructor, however its objects nest.
 */
export function readHeapSnapshot(bytes: Uint8Array): Map<string, ConstructorSum> {
  const tree = dominatorTree(parse(bytes))
  const { self, total } = functionTable(tree)
  const sumOf = (at: number) => ({ count: self[1]![at]!, self: self[0]![at]!, retained: total[0]![at]! })
  return new Map(tree.frames.map(({ name }, at) => [name, sumOf(at)]))
}

/** The dominator tree as a call tree whose functions are constructors, with sizes, and ones to count. */
function dominatorTree({ constructors, constructorOf, size, graph }: ReturnType<typeof parse>): CallTree {
  const { order, dominator } = immediateDominators(graph)
  const place = new Int32Array(order.length)
  for (let at = 0; at < order.length; at++) place[order[at]!] = at
  return {
    frames: constructors.map(named),
    parent: Int32Array.from(order, node => (node === 0 ? -1 : place[dominator[node]!]!)),
    frame: Uint32Array.from(order, node => constructorOf[node]!),
    self: [Float64Array.from(order, node => size[node]!), new Float64Array(order.length).fill(1)],
  }
}

function parse(bytes: Uint8Array) {
  const raw = parseJson(bytes)
  const meta = isObject(raw.snapshot) && isObject(raw.snapshot.meta) ? raw.snapshot.meta : undefined
  if (!meta) throw new ProfileError(`${WHAT}: the description of its fields is missing ("snapshot.meta").`)
  const [nodes, edges, strings] = [numbers(raw, 'nodes'), numbers(raw, 'edges'), list(raw, 'strings')]
  const node = columnsOf(meta, 'node_fields', ['type', 'name', 'self_size', 'edge_count'])
  const count = nodes.length / node.width
  if (!Number.isInteger(count) || count === 0) throw new ProfileError(`${WHAT}: its nodes are incomplete.`)
  const kinds = namesOf(meta, 'node_types')
  const known = new Map<string, number>()
  const constructorOf = new Uint32Array(count)
  const size = new Float64Array(count)
  for (let at = 0; at < count; at++) {
    const row = at * node.width
    const kind = kinds[nodes[row + node.at.type!]!] ?? 'unknown'
    const name = nameOf(kind, strings[nodes[row + node.at.name!]!])
    if (!known.has(name)) known.set(name, known.size)
    constructorOf[at] = known.get(name)!
    size[at] = nodes[row + node.at.self_size!]!
  }
  const counts = Uint32Array.from(size, (_, at) => nodes[at * node.width + node.at.edge_count!]!)
  // By node: its constructor and its bytes; node 0 of the graph is the root.
  return {
    constructors: [...known.keys()],
    constructorOf,
    size,
    graph: graphOf(edges, meta, counts, node.width),
  }
}

/** Leaves out references that do not keep their target alive. */
function graphOf(edges: number[], meta: Json, counts: Uint32Array, width: number): Graph {
  const edge = columnsOf(meta, 'edge_fields', ['type', 'to_node'])
  const kinds = namesOf(meta, 'edge_types')
  const first = new Uint32Array(counts.length + 1)
  const to: number[] = []
  let row = 0
  for (let node = 0; node < counts.length; node++) {
    for (let nth = 0; nth < counts[node]!; nth++, row += edge.width) {
      const kind = kinds[edges[row + edge.at.type!]!]
      const target = edges[row + edge.at.to_node!]! / width
      if (!(Number.isInteger(target) && target >= 0 && target < counts.length))
        throw new ProfileError(`${WHAT}: node ${node} refers to a node that does not exist.`)
      if (kind === 'weak' || (kind === 'shortcut' && node !== 0)) continue
      to.push(target)
    }
    first[node + 1] = to.length
  }
  return { first, to: Uint32Array.from(to) }
}

/** The names that Chrome's tools show. */
function nameOf(kind: string, name: unknown): string {
  if (kind === 'object' || kind === 'native')
    return typeof name === 'string' && name !== '' ? name : '(object)'
  return kind === 'code' ? '(compiled code)' : `(${kind})`
}

function parseJson(bytes: Uint8Array): Json {
  let raw: unknown
  try {
    raw = JSON.parse(new TextDecoder().decode(bytes))
  } catch (cause) {
    throw new ProfileError(`${WHAT}: the JSON is damaged, truncated or too large.`, { cause })
  }
  if (isObject(raw)) return raw
  throw new ProfileError(`${WHAT}: not an object.`)
}

function list(raw: Json, key: string): unknown[] {
  const value = raw[key]
  if (Array.isArray(value)) return value
  throw new ProfileError(`${WHAT}: the list "${key}" is missing.`)
}

function numbers(raw: Json, key: string): number[] {
  const values = list(raw, key)
  if (values.every(value => typeof value === 'number')) return values
  throw new ProfileError(`${WHAT}: the list "${key}" holds values that are not numbers.`)
}

/** The index of each wanted field in a row, and the length of a row. */
function columnsOf(meta: Json, key: string, wanted: string[]): { width: number; at: Record<string, number> } {
  const fields = list(meta, key)
  const at = Object.fromEntries(wanted.map(field => [field, fields.indexOf(field)]))
  const missing = wanted.find(field => at[field] === -1)
  if (missing) throw new ProfileError(`${WHAT}: ${key} lacks "${missing}".`)
  return { width: fields.length, at }
}

/** The names of the numbers in the first column. */
function namesOf(meta: Json, key: string): string[] {
  const [kinds] = list(meta, key)
  return Array.isArray(kinds) ? kinds.map(String) : []
}
