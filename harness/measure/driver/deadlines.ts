/** Divides a round's time between its parts, so that it ends on time even if the service is slow. */
import type { Collector } from '../../model/capabilities.ts'
import type { Plan } from '../../model/plan.ts'
import { sum } from '../../stats/describe.ts'
import { durationOf, phasesOf } from './load/pace.ts'

/** Fewest slices of a launch in a round, as long as there is time for them: in turn with others, or together with them. */
const MIN_SLICES = { inTurn: 6, together: 3 }

export const minSlices = (together: boolean): number => (together ? MIN_SLICES.together : MIN_SLICES.inTurn)

/** Milliseconds to try one rate, and how many rates are usually tried. */
export const TRIAL = 150
const USUAL_TRIALS = 5

/** Milliseconds to start and stop the profilers of a group. Between 20 and 260 were seen, where the program is large. */
const PROFILER_START = 150

/** Largest shares of the time that are kept for the later parts, also where the verdict is about waiting. The warm-up gets the rest. */
const MOST: Needs = { change: 0.15, timed: 0.3, profiled: 0.25 }
const MOST_WAITING: Needs = { change: 0.15, timed: 0.45, profiled: 0.15 }

/** When the parts of a round must end, in ms from the start of its warm-up. */
export interface Deadlines {
  warmUp: number
  change: number
  timed: number
  profiled: number
}

/** Milliseconds for changing from the closed loop to the open one, for the timed slices, and for the profiled ones. */
type Needs = Omit<Deadlines, 'warmUp'>

/**
 * @param time that the round has, in ms
 * @param forLatency whether the launches mostly wait, and only their latency is gated
 */
export function deadlinesOf(time: number, needs: Needs, forLatency = false): Deadlines {
  const most = forLatency ? MOST_WAITING : MOST
  const timed = time - Math.min(needs.profiled, most.profiled * time)
  const change = timed - Math.min(needs.timed, most.timed * time)
  const warmUp = change - Math.min(needs.change, most.change * time)
  return { warmUp, change, timed, profiled: time }
}

/**
 * @param groups collectors that share their slices
 * @param turns how many times the time of one launch a row takes
 * @param known whether an open loop has its rate already, and whether the launches are loaded at the same time
 */
export function needsOf(
  plan: Plan,
  groups: Collector[][],
  turns: number,
  known: { rate: boolean; together: boolean },
): Needs {
  const { timing, load } = plan
  const phases = phasesOf(plan)
  const timed = phases ? durationOf(phases) : Math.max(timing.timed, minSlices(known.together) * timing.slice)
  const searches = load.rate === undefined && !phases && !known.rate
  const change = load.arrivals ? 2 * timing.slice + (searches ? USUAL_TRIALS * TRIAL : 0) : 0
  return {
    change: change * turns,
    timed: timed * turns,
    profiled: sum(groups.map(group => costOf(group, timing))) * turns,
  }
}

/** Milliseconds that a group usually takes for each launch, with the start of its profilers. */
const costOf = (group: Collector[], timing: Plan['timing']): number =>
  PROFILER_START + Math.max(timeOf(group, timing), LEAST_SLICES * timing.slice)

/**
 * The groups that a round has time for, in their usual order, because later ones disturb more. They take turns over the rounds: one
 * always has its turn, and others do where they fit beside it.
 *
 * @param room milliseconds for each launch
 */
export function groupsInTurn(
  groups: Collector[][],
  round: number,
  room: number,
  timing: Plan['timing'],
): Collector[][] {
  const first = (round - 1) % Math.max(1, groups.length)
  const chosen = new Set<Collector[]>()
  let left = room
  for (const group of [...groups.slice(first), ...groups.slice(0, first)]) {
    const cost = costOf(group, timing)
    if (chosen.size > 0 && cost > left) continue
    chosen.add(group)
    left -= cost
  }
  return groups.filter(group => chosen.has(group))
}

/** Groups of collectors that share their slices. A group is in the place of its leader. */
export function groupsOf(collectors: Collector[]): Collector[][] {
  const names = new Set(collectors.map(({ name }) => name))
  const leaderOf = ({ name, along }: Collector) => (along !== undefined && names.has(along) ? along : name)
  return collectors
    .filter(one => leaderOf(one) === one.name)
    .map(leader => [leader, ...collectors.filter(one => one !== leader && leaderOf(one) === leader.name)])
}

/** Fewest slices of a group, unless the round runs out of time. */
export const LEAST_SLICES = 2

/** Fewest slices from which a group has a result. */
export const leastOf = ([leader]: Collector[]): number => leader?.batches ?? 1

/** Milliseconds that a group takes for each launch. */
export const timeOf = (group: Collector[], { profiled }: Plan['timing']): number =>
  profiled * Math.max(...group.map(({ share = 1 }) => share))
