/** What functions cost on both sides with all that they call, and how sure the change is. */
import { isEditable, totals } from '../profile/index.ts'
import { mean, sum } from '../stats/describe.ts'
import type { Interval } from '../stats/student.ts'
import type { Calls } from './calls.ts'
import { INFERENCES, type Inference } from './inference.ts'

/** A call that cost less than this share of what it costs on the other side is new, or gone. */
const NEW = 0.05
/** A new call that costs at least this share of one that is gone has taken its place, and the reverse. */
const IN_PLACE_OF = 0.1

/** The nodes of one function; none of them is below another one. */
export interface Group {
  frame: number
  nodes: number[]
}

/** What nodes of a pair's call tree cost with everything below them. */
export class Costs {
  /** Change of the whole, by its profiles. */
  readonly whole: number
  /** The same as the metric has it, unless that went the other way. */
  readonly figure: number
  /** Change of what has a function that can be edited, in the direction of the whole. */
  readonly size: number
  readonly #tree: Calls['tree']
  readonly #inference: Inference | null
  readonly #before: Float64Array[]
  readonly #after: Float64Array[]
  readonly #change: Float64Array
  readonly #children: Map<number, number[]>
  /** The outermost functions that can be edited. */
  readonly #editable: number[]

  /** Above zero where it goes in the direction of the whole. */
  readonly change = (nodes: number[]): number =>
    Math.sign(this.whole) * sum(nodes.map(node => this.#change[node]!))

  constructor({ tree, before, after, pairing, blames, figures }: Calls) {
    this.#tree = tree
    this.#inference = blames ? INFERENCES[pairing] : null
    this.#before = before.map(self => totals(tree, self))
    this.#after = after.map(self => totals(tree, self))
    const meanOf = (columns: Float64Array[], node: number) => mean(columns.map(column => column[node]!))
    this.#change = Float64Array.from(
      tree.parent,
      (_, node) => meanOf(this.#after, node) - meanOf(this.#before, node),
    )
    this.#children = Map.groupBy(tree.parent.keys(), node => tree.parent[node]!)
    this.whole = sum(this.children(-1).map(node => this.#change[node]!))
    const told = figures ? figures.after - figures.before : 0
    this.figure = told * this.whole > 0 ? told : this.whole
    this.#editable = this.editableBelow().flatMap(({ nodes }) => nodes)
    this.size = Math.max(0, this.change(this.#editable))
  }

  /** The interval of the change; `null` with too few samples, or where the machine may have changed. */
  interval(nodes: number[]): Interval | null {
    return this.#inference?.interval({ before: this.before(nodes), after: this.after(nodes) }) ?? null
  }

  /** Whether no function that can be edited has called it. */
  isOutermost({ nodes }: Group): boolean {
    return nodes.every(node => this.#editable.includes(node))
  }

  isSure({ nodes }: Group): boolean {
    const interval = this.interval(nodes)
    return interval !== null && (interval.low > 0 || interval.high < 0)
  }

  /** How much more than a share of all the change the nodes hold at least: the low end of its interval, without one the figure. */
  leastAbove(share: number, nodes: number[]): number {
    return this.#above(share, nodes).low
  }

  /** The same at most. */
  mostAbove(share: number, nodes: number[]): number {
    return this.#above(share, nodes).high
  }

  #above(share: number, nodes: number[]): { low: number; high: number } {
    const more = (costs: number[], all: number[]) => costs.map((cost, at) => cost - share * all[at]!)
    const interval = this.#inference?.interval({
      before: more(this.before(nodes), this.before(this.#editable)),
      after: more(this.after(nodes), this.after(this.#editable)),
    })
    if (interval) return this.whole > 0 ? interval : { low: -interval.high, high: -interval.low }
    const figure = this.change(nodes) - share * this.size
    return { low: figure, high: figure }
  }

  kindOf(nodes: number[]): 'new call' | 'dropped call' | 'call' {
    const [before, after] = [mean(this.before(nodes)), mean(this.after(nodes))]
    return before < NEW * after ? 'new call' : after < NEW * before ? 'dropped call' : 'call'
  }

  /** Whether calls that are on one side only have taken the place of others, which are on the other side only. */
  replaces(nodes: number[], others: number[]): boolean {
    const kinds = [this.kindOf(nodes), this.kindOf(others)]
    const cost = (of: number[]) => Math.max(mean(this.before(of)), mean(this.after(of)))
    return (
      kinds.includes('new call') &&
      kinds.includes('dropped call') &&
      cost(nodes) >= IN_PLACE_OF * cost(others)
    )
  }

  /**
   * A function that is new or gone may be another one under a new name, which nothing but its caller can tell. Inside one that
   * is gone, there is nothing left to look at either.
   */
  isReplaced({ nodes }: Group): boolean {
    const kind = this.kindOf(nodes)
    for (let at = nodes; this.kindOf(at) !== 'call'; at = this.#callers(at)) {
      const siblings = this.#callers(at).flatMap(caller => this.children(caller))
      if (groupsOf(siblings, this.#tree).some(other => this.replaces(other.nodes, at))) return true
      if (kind === 'new call') return false
    }
    return false
  }

  #callers(nodes: number[]): number[] {
    return [...new Set(nodes.map(node => this.#tree.parent[node]!))].filter(node => node !== -1)
  }

  children(node: number): number[] {
    return this.#children.get(node) ?? []
  }

  before(nodes: number[]): number[] {
    return this.#before.map(column => sum(nodes.map(node => column[node]!)))
  }

  after(nodes: number[]): number[] {
    return this.#after.map(column => sum(nodes.map(node => column[node]!)))
  }

  /** The nearest functions that can be edited, below these nodes or, without any, below the root. */
  editableBelow(nodes = [-1]): Group[] {
    const below = (node: number): number[] =>
      this.children(node).flatMap(child => (this.#isEditable(child) ? [child] : below(child)))
    return groupsOf(nodes.flatMap(below), this.#tree)
  }

  /** The cheapest function that can be edited and fits. @param within only these nodes and what is below them; default: all */
  smallest(fits: (group: Group) => boolean, within?: number[]): Group | undefined {
    const cost = ({ nodes }: Group) => Math.max(mean(this.before(nodes)), mean(this.after(nodes)))
    const roots = within && new Set(within)
    const isMeant = (node: number) => roots === undefined || this.#isWithin(roots, node)
    const nodes = [...this.#tree.frame.keys()].filter(
      node => this.#isEditable(node) && !this.#isNested(node) && isMeant(node),
    )
    return groupsOf(nodes, this.#tree)
      .filter(fits)
      .toSorted((a, b) => cost(a) - cost(b))[0]
  }

  /** The frame of the nearest caller that can be edited. */
  callerOf(node: number): number | undefined {
    let at = this.#tree.parent[node]!
    while (at !== -1 && !this.#isEditable(at)) at = this.#tree.parent[at]!
    return at === -1 ? undefined : this.#tree.frame[at]
  }

  #isEditable(node: number): boolean {
    return isEditable(this.#tree.frames[this.#tree.frame[node]!]!)
  }

  #isWithin(roots: Set<number>, node: number): boolean {
    const { parent } = this.#tree
    for (let at = node; at !== -1; at = parent[at]!) if (roots.has(at)) return true
    return false
  }

  /** Whether the function has called itself. */
  #isNested(node: number): boolean {
    const { parent, frame } = this.#tree
    for (let at = parent[node]!; at !== -1; at = parent[at]!) if (frame[at] === frame[node]) return true
    return false
  }
}

const groupsOf = (nodes: number[], { frame }: Calls['tree']): Group[] =>
  Array.from(
    Map.groupBy(nodes, node => frame[node]!),
    ([frame, nodes]) => ({ frame, nodes }),
  )
