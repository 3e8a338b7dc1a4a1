import { type ProfileBuilder, position } from '../../profile/index.ts'
import { isObject, type Json, listOf } from '../json.ts'
import { FrameReader, isRoot } from './call-frames.ts'
import type { V8Tree } from './tree.ts'

/**
 * Gives each sample of a node its stack. V8 does not say in which line a sample was, only how many samples of a node
 * were in each line; lines are dealt out in the order of that list.
 */
export class SampledStacks {
  readonly #builder: ProfileBuilder
  /** By node: its function, and its stack without a line; −1 until one is needed. */
  readonly #functions: Uint32Array
  readonly #stacks: Int32Array
  readonly #parent: Int32Array
  readonly #roots = new Set<number>()
  /** Stacks with a line, those of one node in a row, and how many samples each has left. */
  readonly #lines: { stack: number[]; left: number[] } = { stack: [], left: [] }
  /** By node: where its next line is in `#lines`, and where its lines end. */
  readonly #next: Uint32Array
  readonly #end: Uint32Array

  constructor(builder: ProfileBuilder, { nodes, parent }: V8Tree) {
    const frames = new FrameReader(builder)
    this.#builder = builder
    this.#parent = parent
    this.#functions = new Uint32Array(nodes.length)
    this.#stacks = new Int32Array(nodes.length).fill(-1)
    this.#next = new Uint32Array(nodes.length)
    this.#end = new Uint32Array(nodes.length)
    const calls = new Uint8Array(nodes.length)
    for (const above of parent) if (above !== -1) calls[above] = 1
    for (let at = 0; at < nodes.length; at++) {
      const node = nodes[at]!
      // `(root)` is not a frame: its callees are outermost.
      if (parent[at] === -1 && isRoot(node)) {
        this.#roots.add(at)
        continue
      }
      this.#functions[at] = frames.function(node)
      this.#next[at] = this.#lines.stack.length
      this.#addLines(node, this.#caller(at), this.#functions[at]!)
      this.#end[at] = this.#lines.stack.length
      if (calls[at]) this.#addStack(at)
    }
  }

  #caller(node: number): number {
    const above = this.#parent[node]!
    return above === -1 ? -1 : this.#stacks[above]!
  }

  #addStack(node: number): number {
    // A sample in the root ran no function, which V8 otherwise calls `(program)`. The root's own stack stays −1.
    if (this.#roots.has(node))
      return this.#builder.stack(-1, this.#builder.location(this.#builder.function('(program)')))
    const stack = this.#builder.stack(this.#caller(node), this.#builder.location(this.#functions[node]!))
    this.#stacks[node] = stack
    return stack
  }

  /** `positionTicks`, or `lineTicks` in old files; both 1-based. */
  #addLines(node: Json, parent: number, fn: number): void {
    for (const tick of listOf(node.positionTicks ?? node.lineTicks)) {
      if (!isObject(tick)) continue
      const count = Number(tick.ticks ?? tick.hitCount)
      const line = position(tick.line)
      if (line === 0 || !Number.isInteger(count) || count < 1) continue
      this.#lines.stack.push(this.#builder.stack(parent, this.#builder.location(fn, line)))
      this.#lines.left.push(count)
    }
  }

  /** The stack of the node's next sample. */
  next(node: number): number {
    const line = this.#next[node]!
    if (line === this.#end[node])
      return this.#stacks[node] === -1 ? this.#addStack(node) : this.#stacks[node]!
    const left = this.#lines.left[line]! - 1
    this.#lines.left[line] = left
    if (left === 0) this.#next[node] = line + 1
    return this.#lines.stack[line]!
  }
}
