import type { Profile } from '../../model/profile.ts'
import { ProfileError } from '../../profile/error.ts'
import { type V8Nodes, v8Nodes } from './nodes.ts'

/** Writes `.heapprofile` from the last value type, which must be bytes. */
export function writeHeapProfile(profile: Profile): string {
  const { unit } = profile.valueTypes.at(-1)!
  if (unit !== 'bytes') throw new ProfileError(`A .heapprofile holds bytes; this profile holds ${unit}.`)
  const { nodes, place } = v8Nodes(profile)
  const values = profile.samples.values.at(-1)!
  const selfSize = new Float64Array(nodes.length)
  const samples = Array.from(profile.samples.stack, (stack, at) => {
    const node = stack === -1 ? 0 : place[stack]!
    selfSize[node]! += values[at]!
    return { size: values[at]!, nodeId: node + 1, ordinal: at + 1 }
  })
  return `{"head":${nestedJson(nodes, selfSize)},"samples":${JSON.stringify(samples)}}`
}

/** Written piece by piece: `JSON.stringify` of some Node versions gives up on trees a few thousand nodes deep. */
function nestedJson(nodes: V8Nodes['nodes'], selfSize: Float64Array): string {
  const parts: string[] = []
  const open: { node: number; next: number }[] = []
  const start = (node: number) => {
    const { callFrame } = nodes[node]!
    const own = JSON.stringify({ callFrame, selfSize: selfSize[node], id: node + 1 })
    parts.push(own.slice(0, -1), ',"children":[')
    open.push({ node, next: 0 })
  }
  start(0)
  for (let top = open.at(-1); top; top = open.at(-1)) {
    const child = nodes[top.node]!.children[top.next]
    if (child === undefined) {
      parts.push(']}')
      open.pop()
      continue
    }
    if (top.next++ > 0) parts.push(',')
    start(child)
  }
  return parts.join('')
}
