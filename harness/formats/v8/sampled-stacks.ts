import { type ProfileBuilder, position } from '../../profile/index.ts'
import { isObject, type Json, listOf } from '../json.ts'
import { FrameReader, isRoot } from './call-frames.ts'
import type { V8Tree } from './tree.ts'

/**
 * Gives each sample of a node its stack. V8 does not say in which line a sample was, only how many samples of a node
 * were in each line. The lines take turns in proportion to these numbers, so that any stretch of time has its share of
 * each.
 */
export class SampledStacks {
  readonly #builder: ProfileBuilder
  /** By node: its function, and its stack without a line; −1 until one is needed. */
  readonly #functions: Uint32Array
  readonly #stacks: Int32Array
  readonly #parent: Int32Array
  readonly #roots = new Set<number>()
  /** Stacks with a line, those of one node in a row: how many samples each has, and how far it is behind its share. */
  readonly #lines: { stack: number[]; ticks: number[]; behind: number[] } = {
    stack: [],
    ticks: [],
    behind: [],
  }
  /** By node: where its lines begin and end in `#lines`, their samples, and how many of these are left. */
  readonly #first: Uint32Array
  readonly #end: Uint32Array
  readonly #ticks: Uint32Array
  readonly #left: Uint32Array

  constructor(builder: ProfileBuilder, { nodes, parent }: V8Tree) {
    const frames = new FrameReader(builder)
    this.#builder = builder
    this.#parent = parent
    this.#functions = new Uint32Array(nodes.length)
    this.#stacks = new Int32Array(nodes.length).fill(-1)
    this.#first = new Uint32Array(nodes.length)
    this.#end = new Uint32Array(nodes.length)
    this.#ticks = new Uint32Array(nodes.length)
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
      this.#first[at] = this.#lines.stack.length
      this.#ticks[at] = this.#addLines(node, this.#caller(at), this.#functions[at]!)
      this.#end[at] = this.#lines.stack.length
      if (calls[at]) this.#addStack(at)
    }
    this.#left = this.#ticks.slice()
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

  /** `positionTicks`, or `lineTicks` in old files; both 1-based. Returns the number of samples in all lines. */
  #addLines(node: Json, parent: number, fn: number): number {
    let all = 0
    for (const tick of listOf(node.positionTicks ?? node.lineTicks)) {
      if (!isObject(tick)) continue
      const count = Number(tick.ticks ?? tick.hitCount)
      const line = position(tick.line)
      if (line === 0 || !Number.isInteger(count) || count < 1) continue
      this.#lines.stack.push(this.#builder.stack(parent, this.#builder.location(fn, line)))
      this.#lines.ticks.push(count)
      this.#lines.behind.push(0)
      all += count
    }
    return all
  }

  /** The stack of the node's next sample. */
  next(node: number): number {
    if (this.#left[node] === 0) return this.#stacks[node] === -1 ? this.#addStack(node) : this.#stacks[node]!
    this.#left[node]!--
    return this.#lines.stack[this.#nextLine(node)]!
  }

  /** Each line gains its ticks, and the one that is furthest behind has its turn. */
  #nextLine(node: number): number {
    const { ticks, behind } = this.#lines
    const end = this.#end[node]!
    let next = this.#first[node]!
    if (end - next === 1) return next
    for (let line = next; line < end; line++) {
      behind[line]! += ticks[line]!
      if (behind[line]! > behind[next]!) next = line
    }
    behind[next]! -= this.#ticks[node]!
    return next
  }
}
