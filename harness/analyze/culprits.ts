/** Where a change of the whole comes from: the deepest functions that somebody can edit and that together hold most of it. */
import { lineOfCall } from '../match/index.ts'
import type { Culprit } from '../model/flame.ts'
import { isEditable, totals } from '../profile/index.ts'
import { mean, sum } from '../stats/describe.ts'
import type { Interval } from '../stats/student.ts'
import type { Calls } from './calls.ts'
import { functionName, namedFrame, rootOf } from './functions.ts'
import { INFERENCES, type Inference } from './inference.ts'

/** Share of the change that the functions hold together, of all that has a function that can be edited. */
const MOST = 0.8
/** Functions that hold more than all of it, by this share and beyond what chance explains, were matched wrongly. */
const EXCESS = 0.2
/** Share of the change from which on a function is worth a line. */
const MATERIAL = 0.1
/** With more functions, the change is everywhere. */
const LINES = 3
/** A call that cost less than this share of what it costs on the other side is new, or gone. */
const NEW = 0.05
/** A new call that costs at least this share of one that is gone has taken its place, and the reverse. */
const IN_PLACE_OF = 0.1

/** The nodes of one function; none of them is below another one. */
interface Group {
  frame: number
  nodes: number[]
}

/**
 * At most three functions, the one with the largest part of the change first. None when the change is spread over
 * everything, or when nothing changed.
 */
export function culpritsOf(calls: Calls): Culprit[] {
  const costs = new Costs(calls)
  const root = rootOf(calls)
  return culpable(costs)
    .toSorted((a, b) => costs.change(b.nodes) - costs.change(a.nodes))
    .map(group => {
      const { frame, nodes } = group
      const caller = costs.callerOf(nodes[0]!)
      return {
        variant: calls.variant,
        baseline: calls.baseline,
        collector: calls.collector,
        unit: calls.unit,
        per: calls.per,
        ...namedFrame(calls.tree.frames[frame]!, root),
        ...ownerOf(nodes[0]!, calls),
        path: pathOf(calls.tree, frame),
        caller: caller === undefined ? undefined : functionName(calls.tree.frames[caller]!),
        before: mean(costs.before(nodes)),
        after: mean(costs.after(nodes)),
        interval: costs.interval(nodes),
        whole: costs.figure,
        cause: causeOf(group, calls, costs),
      }
    })
}

/** The owner of a node, in the version that has the function's line. */
function ownerOf(node: number, { tree, owners }: Calls): Pick<Culprit, 'owner' | 'version'> {
  const side = tree.match[tree.frame[node]!] === 'only before' ? 'before' : 'after'
  const { owner, versions } = owners.rows[owners[side][node]!]!
  return { owner, version: versions?.[side] ?? undefined }
}

/** Frames that both sides have are the variant's. */
function pathOf({ frames, match }: Calls['tree'], frame: number): string | undefined {
  const { file } = frames[frame]!
  return match[frame] !== 'only before' && ABSOLUTE.test(file) ? file : undefined
}

const ABSOLUTE = /^(?:\/|[A-Za-z]:\/)/

/** Starts at the smallest function that holds most of the change alone, and goes down as long as its callees do together. */
function culpable(costs: Costs): Group[] {
  const fits = (group: Group) => holdsMost([group], costs) && !costs.isReplaced(group)
  // V8 may compile a function into its caller in some launches: then only the caller's change is sure.
  const start = costs.smallest(group => fits(group) && costs.isSure(group)) ?? costs.smallest(fits)
  let chosen = start ? [start] : few(costs.editableBelow(), costs)
  if (!holdsMost(chosen, costs)) return []
  for (let deeper: Group[] | undefined = chosen; deeper; ) {
    chosen = deeper
    deeper = chosen.map(group => split(chosen, group, costs)).find(groups => groups !== undefined)
  }
  return chosen
}

/** The groups with the callees of one of them in its place; `undefined` where these do not hold most of the change. */
function split(chosen: Group[], group: Group, costs: Costs): Group[] | undefined {
  const below = few(costs.editableBelow(group.nodes), costs)
  const groups = [...chosen.filter(other => other !== group), ...below]
  const isNew = below.length > 0 && below.every(({ frame }) => chosen.every(other => other.frame !== frame))
  const isAsSure = !costs.isSure(group) || below.every(callee => costs.isSure(callee))
  return isNew && isAsSure && holdsMost(groups, costs) ? groups : undefined
}

const few = (groups: Group[], costs: Costs): Group[] =>
  groups.filter(group => costs.change(group.nodes) >= MATERIAL * costs.size && !costs.isReplaced(group))

function holdsMost(groups: Group[], costs: Costs): boolean {
  const nodes = groups.flatMap(({ nodes }) => nodes)
  const { size } = costs
  return (
    size > 0 &&
    groups.length <= LINES &&
    costs.change(nodes) >= MOST * size &&
    costs.leastExcess(nodes) <= EXCESS * size
  )
}

/** What a function spends its change on: itself, or the callee whose cost changed most. */
function causeOf({ frame: caller, nodes }: Group, calls: Calls, costs: Costs): Culprit['cause'] {
  const { tree } = calls
  const callees = Map.groupBy(
    nodes.flatMap(node => costs.children(node)),
    node => tree.frame[node]!,
  )
  const ranked = [...callees].toSorted(([, a], [, b]) => costs.change(b) - costs.change(a))
  const own = costs.change(nodes) - sum(ranked.map(([, below]) => costs.change(below)))
  const [first] = ranked
  if (!first || own >= costs.change(first[1])) return { kind: 'own work' }
  const [, below] = first
  const kind = costs.kindOf(below)
  const other = kind === 'call' ? undefined : ranked.findLast(([, nodes]) => costs.replaces(nodes, below))
  const [now, then] = kind === 'dropped call' && other ? [other, first] : [first, other]
  const [at, ofNow] = now
  const { function: callee, file, line } = namedFrame(tree.frames[at]!, rootOf(calls))
  const both = [...ofNow, ...(then?.[1] ?? [])]
  const source = kind === 'dropped call' && !other ? undefined : calls.texts?.after[caller]?.source
  return {
    kind: other ? 'other call' : kind,
    callee,
    ...(file && { file, line }),
    instead: then && functionName(tree.frames[then[0]]!),
    owner: ownerOf(ofNow[0]!, calls).owner,
    before: mean(costs.before(both)),
    after: mean(costs.after(both)),
    at: source && lineOfCall(source, callee),
  }
}

/** What nodes cost with everything below them, on both sides. */
class Costs {
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

  isSure({ nodes }: Group): boolean {
    const interval = this.interval(nodes)
    return interval !== null && (interval.low > 0 || interval.high < 0)
  }

  /** How much more than all of the change the nodes hold at least: the low end of its interval, without one the figure. */
  leastExcess(nodes: number[]): number {
    const less = (costs: number[], all: number[]) => costs.map((cost, at) => cost - all[at]!)
    const excess = {
      before: less(this.before(nodes), this.before(this.#editable)),
      after: less(this.after(nodes), this.after(this.#editable)),
    }
    const interval = this.#inference?.interval(excess)
    if (!interval) return this.change(nodes) - this.size
    return this.whole > 0 ? interval.low : -interval.high
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

  /** The cheapest function that can be edited and fits. */
  smallest(fits: (group: Group) => boolean): Group | undefined {
    const cost = ({ nodes }: Group) => Math.max(mean(this.before(nodes)), mean(this.after(nodes)))
    const nodes = [...this.#tree.frame.keys()].filter(node => this.#isEditable(node) && !this.#isNested(node))
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
