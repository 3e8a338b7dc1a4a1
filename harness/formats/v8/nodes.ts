/** A profile's functions as the nodes of V8's formats. */
import type { Profile } from '../../model/profile.ts'

export interface CallFrame {
  functionName: string
  scriptId: string
  url: string
  /** 0-based; −1 where unknown. */
  lineNumber: number
  columnNumber: number
}

export interface V8Nodes {
  /** Node 0 is `(root)`; a parent comes before its children. */
  nodes: { callFrame: CallFrame; parent: number; children: number[] }[]
  /** Node of each stack of the profile. */
  place: Uint32Array
}

const ROOT: CallFrame = { functionName: '(root)', scriptId: '0', url: '', lineNumber: -1, columnNumber: -1 }

/** V8 has a node per function and caller: stacks that differ in a line only are one. */
export function v8Nodes(profile: Profile): V8Nodes {
  const { functions, locations, stacks } = profile
  const frames = Array.from(functions.name, (_, fn) => callFrame(profile, fn))
  const nodes: V8Nodes['nodes'] = [{ callFrame: ROOT, parent: -1, children: [] }]
  const place = new Uint32Array(stacks.parent.length)
  const known = new Map<string, number>()
  for (let at = 0; at < place.length; at++) {
    const parent = stacks.parent[at] === -1 ? 0 : place[stacks.parent[at]!]!
    const fn = locations.function[stacks.location[at]!]!
    const key = `${parent},${fn}`
    let node = known.get(key)
    if (node === undefined) {
      node = nodes.push({ callFrame: frames[fn]!, parent, children: [] }) - 1
      nodes[parent]!.children.push(node)
      known.set(key, node)
    }
    place[at] = node
  }
  return { nodes, place }
}

function callFrame({ strings, functions }: Profile, fn: number): CallFrame {
  return {
    functionName: strings[functions.name[fn]!]!,
    scriptId: '0',
    url: strings[functions.file[fn]!]!,
    lineNumber: functions.line[fn]! - 1,
    columnNumber: functions.column[fn]! - 1,
  }
}
