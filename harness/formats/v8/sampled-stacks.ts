import { type ProfileBuilder, position } from '../../profile/index.ts'
import { isObject, type Json, listOf } from '../json.ts'
import { functionAdder, isRoot } from './call-frames.ts'
import type { V8Tree } from './tree.ts'

/**
 * Makes a function that returns the stack of a node's next sample. V8 does not say in which line a sample was, only how
 * many samples of a node were in each line; lines are dealt out in the order of that list.
 */
export function stackDealer(builder: ProfileBuilder, { nodes, parent }: V8Tree): (node: number) => number {
  const addFunction = functionAdder(builder)
  /** By node: its function, and its stack without a line; −1 until one is needed. */
  const functions = new Uint32Array(nodes.length)
  const stacks = new Int32Array(nodes.length).fill(-1)
  const roots = new Set<number>()
  /** Stacks with a line, those of one node in a row, and how many samples each has left. */
  const lines: number[] = []
  const left: number[] = []
  /** By node: where its next line is in `lines`, and where its lines end. */
  const next = new Uint32Array(nodes.length)
  const end = new Uint32Array(nodes.length)
  const calls = new Uint8Array(nodes.length)
  for (const above of parent) if (above !== -1) calls[above] = 1

  const callerOf = (node: number) => (parent[node] === -1 ? -1 : stacks[parent[node]!]!)
  const addStack = (node: number): number => {
    // A sample in the root ran no function, which V8 otherwise calls `(program)`. The root's own stack stays −1.
    if (roots.has(node)) return builder.stack(-1, builder.location(builder.function('(program)')))
    const stack = builder.stack(callerOf(node), builder.location(functions[node]!))
    stacks[node] = stack
    return stack
  }
  for (let at = 0; at < nodes.length; at++) {
    const node = nodes[at]!
    // `(root)` is not a frame: its callees are outermost.
    if (parent[at] === -1 && isRoot(node)) {
      roots.add(at)
      continue
    }
    const fn = addFunction(node)
    functions[at] = fn
    next[at] = lines.length
    eachTick(node, (line, count) => {
      lines.push(builder.stack(callerOf(at), builder.location(fn, line)))
      left.push(count)
    })
    end[at] = lines.length
    if (calls[at]) addStack(at)
  }
  return node => {
    const line = next[node]!
    if (line === end[node]) return stacks[node] === -1 ? addStack(node) : stacks[node]!
    left[line]!--
    if (left[line] === 0) next[node] = line + 1
    return lines[line]!
  }
}

/** `positionTicks`, or `lineTicks` in old files; both 1-based. */
function eachTick(node: Json, visit: (line: number, count: number) => void): void {
  for (const tick of listOf(node.positionTicks ?? node.lineTicks)) {
    if (!isObject(tick)) continue
    const count = Number(tick.ticks ?? tick.hitCount)
    const line = position(tick.line)
    if (line > 0 && Number.isInteger(count) && count > 0) visit(line, count)
  }
}
