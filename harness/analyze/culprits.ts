/** Where a change of the whole comes from: the deepest functions that somebody can edit and that together hold most of it. */
import { hasCall, lineOfCall } from '../match/index.ts'
import type { Culprit } from '../model/flame.ts'
import { mean, sum } from '../stats/describe.ts'
import type { Calls } from './calls.ts'
import { Costs, type Group } from './costs.ts'
import { functionName, namedFrame, rootOf } from './functions.ts'

/** Share of the change that the functions hold together, of all that has a function that can be edited. */
const MOST = 0.8
/** By their figures they can hold less, down to this share, where chance explains what lacks. */
const LEAST = 0.5
/** Functions that hold more than all of it, by this share and beyond what chance explains, were matched wrongly. */
const EXCESS = 0.2
/** Share of the change from which on a function is worth a line. */
const MATERIAL = 0.1
/** A smaller change of the whole, as a share of it, has no culprits where it may be chance. */
const NONE = 0.01
/** With more functions, the change is everywhere. */
const LINES = 3
/**
 * At most three functions, the one with the largest part of the change first. None when the change is spread over
 * everything, or when nothing changed.
 */
export function culpritsOf(calls: Calls): Culprit[] {
  if (isNone(calls)) return []
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

const isNone = ({ figures }: Calls): boolean =>
  figures !== undefined && !figures.isSure && Math.abs(figures.after / figures.before - 1) < NONE

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

/** The outermost function says nothing, because all is below it. Where chance explains why, one that holds less is better. */
function culpable(costs: Costs): Group[] {
  const strict = deepest(costs, holdsMost)
  if (!strict.some(group => costs.isOutermost(group))) return strict
  const lenient = deepest(costs, mayHoldMost)
  return lenient.length > 0 ? lenient : strict
}

type Test = (groups: Group[], costs: Costs) => boolean

/** Starts at the smallest function that holds most of the change alone, and goes down as long as its callees do together. */
function deepest(costs: Costs, holds: Test): Group[] {
  const fits = (group: Group) => holds([group], costs) && !costs.isReplaced(group)
  // V8 may compile a function into its caller in some launches: then only the caller's change is sure.
  const start = costs.smallest(group => fits(group) && costs.isSure(group)) ?? costs.smallest(fits)
  let chosen = start ? [start] : few(costs.editableBelow(), costs)
  if (!holds(chosen, costs)) return []
  const least = Math.max(MOST * changeOf(chosen, costs), LEAST * costs.size)
  const isDeeper = (groups: Group[], than: Group[]) =>
    holds(groups, costs) || (changeOf(groups, costs) >= least && isNearlyAll(groups, than, costs))
  for (let deeper: Group[] | undefined = chosen; deeper; ) {
    chosen = deeper
    deeper =
      chosen.map(group => split(chosen, group, costs, isDeeper)).find(groups => groups !== undefined) ??
      alone(chosen, costs, least)
  }
  return chosen
}

/** One function, there or below, that holds nearly all alone. It can have several callers, none of which does. */
function alone(chosen: Group[], costs: Costs, least: number): Group[] | undefined {
  const fits = (group: Group) =>
    changeOf([group], costs) >= least && !costs.isReplaced(group) && isNearlyAll([group], chosen, costs)
  const group = costs.smallest(fits, nodesOf(chosen))
  const isNew = chosen.length > 1 || chosen[0]?.frame !== group?.frame
  return group && isNew ? [group] : undefined
}

/** Whether what is left in the caller is not worth a line: a little of the change lands there by chance. */
const isNearlyAll = (groups: Group[], than: Group[], costs: Costs): boolean =>
  changeOf(than, costs) - changeOf(groups, costs) < MATERIAL * costs.size &&
  isWithin(groups, costs) &&
  groups.every(group => costs.isSure(group))

/** The groups with the callees of one of them in its place; `undefined` where these do not hold most of the change. */
function split(
  chosen: Group[],
  group: Group,
  costs: Costs,
  isDeeper: (groups: Group[], than: Group[]) => boolean,
): Group[] | undefined {
  const below = few(costs.editableBelow(group.nodes), costs)
  const groups = united([...chosen.filter(other => other !== group), ...below])
  const isNew = below.length > 0 && below.every(({ frame }) => frame !== group.frame)
  const isAsSure = !costs.isSure(group) || below.every(callee => costs.isSure(callee))
  return isNew && isAsSure && isDeeper(groups, chosen) ? groups : undefined
}

/** A function that two of them call is one. */
const united = (groups: Group[]): Group[] =>
  Array.from(
    Map.groupBy(groups, ({ frame }) => frame),
    ([frame, same]) => ({ frame, nodes: nodesOf(same) }),
  )

const few = (groups: Group[], costs: Costs): Group[] =>
  groups.filter(group => costs.change(group.nodes) >= MATERIAL * costs.size && !costs.isReplaced(group))

function holdsMost(groups: Group[], costs: Costs): boolean {
  return isWithin(groups, costs) && changeOf(groups, costs) >= MOST * costs.size
}

/** What was not measured well can lack, but only what was can be named. */
function mayHoldMost(groups: Group[], costs: Costs): boolean {
  const nodes = nodesOf(groups)
  const isEnough = costs.change(nodes) >= LEAST * costs.size && costs.mostAbove(MOST, nodes) >= 0
  return isEnough && isWithin(groups, costs) && groups.every(group => costs.isSure(group))
}

const isWithin = (groups: Group[], costs: Costs): boolean =>
  costs.size > 0 && groups.length <= LINES && costs.leastAbove(1, nodesOf(groups)) <= EXCESS * costs.size

const nodesOf = (groups: Group[]): number[] => groups.flatMap(({ nodes }) => nodes)
const changeOf = (groups: Group[], costs: Costs): number => costs.change(nodesOf(groups))

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
  const texts = { before: calls.texts?.before[caller]?.source, after: calls.texts?.after[caller]?.source }
  const source = kind === 'dropped call' && !other ? undefined : texts.after
  // A call can have been too cheap to be sampled.
  const elsewhere = kind === 'new call' ? texts.before : texts.after
  const wasThere = elsewhere !== undefined && hasCall(elsewhere, callee)
  return {
    kind: other ? 'other call' : wasThere ? 'call' : kind,
    callee,
    ...(file && { file, line }),
    instead: then && functionName(tree.frames[then[0]]!),
    owner: ownerOf(ofNow[0]!, calls).owner,
    before: mean(costs.before(both)),
    after: mean(costs.after(both)),
    at: source && lineOfCall(source, callee),
  }
}
