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

/**
 * Largest shares of the time that are kept for the later parts. The warm-up gets the rest. Where a service waits and only its latency
 * is judged, a short round is for the timed slices. A longer one has time to profile what requests wait for, unless a tail is judged,
 * which can never have too many timed slices.
 */
const MOST = {
  usual: { change: 0.15, timed: 0.3, profiled: 0.25 },
  short: { change: 0.15, timed: 0.45, profiled: 0.15 },
  long: { change: 0.08, timed: 0.38, profiled: 0.36 },
}

/** Most milliseconds for `waits`. A run with a fixed number of rounds has an hour, and all the spare time would go to it. */
const MOST_FOR_WAITS = 2_000

/** Seconds of the longest burst before a group of collectors. */
export const LONGEST_BURST = 1

/** When the parts of a round must end, in ms from the start of its warm-up. */
export interface Deadlines {
  warmUp: number
  change: number
  timed: number
  profiled: number
}

/** Milliseconds for changing from the closed loop to the open one, for the timed slices, and for the profiled ones. */
type Needs = Omit<Deadlines, 'warmUp'>

/** @param time that the round has, in ms */
export function deadlinesOf(time: number, needs: Needs, kind: keyof typeof MOST = 'usual'): Deadlines {
  const most = MOST[kind]
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

/** Collectors that share their slices, and the milliseconds that these take for each launch. */
export interface Block {
  group: Collector[]
  time: number
}

/**
 * The groups that a round has time for, in their usual order, because later ones disturb more. `waits` is in every round with time
 * for two groups, and in every second round otherwise. The others take turns. Because `waits` follows only some of the requests, it
 * gets the time that is left, up to a limit, and no third group is taken unless that leaves it twice its usual time.
 *
 * @param room milliseconds for each launch
 * @param capacity requests per second, for the burst before a group
 */
export function groupsInTurn(
  groups: Collector[][],
  round: number,
  room: number,
  timing: Plan['timing'],
  capacity: number,
): Block[] {
  const waits = groups.filter(asksForWaits)
  const [first = [], ...others] = inTurn(
    groups.filter(group => !asksForWaits(group)),
    Math.floor((round - 1) / 2),
  )
  const byTurn = round % 2 === 0 ? [first, ...waits, ...others] : [...waits, first, ...others]
  const wanted = sum(waits.map(group => timeOf(group, timing)))
  const chosen = new Set<Collector[]>()
  let left = room
  for (const group of byTurn.filter(({ length }) => length > 0)) {
    const cost = costOf(group, timing) + burstOf(group, capacity)
    const kept = chosen.size < 2 ? 0 : wanted
    if (chosen.size > 0 && cost + kept > left) continue
    chosen.add(group)
    left -= cost
  }
  const more = Math.max(0, Math.min(left, MOST_FOR_WAITS - wanted))
  return groups
    .filter(group => chosen.has(group))
    .map(group => ({ group, time: timeOf(group, timing) + (asksForWaits(group) ? more : 0) }))
}

/** The first group has every second turn, and the others share the rest. All groups follow the one whose turn it is. */
function inTurn<Group>([first, ...others]: Group[], turn: number): Group[] {
  if (first === undefined) return []
  const at = Math.floor(turn / 2) % Math.max(1, others.length)
  const rest = [...others.slice(at), ...others.slice(0, at)]
  return turn % 2 === 0 ? [first, ...rest] : [...rest.slice(0, 1), first, ...rest.slice(1)]
}

const asksForWaits = (group: Collector[]): boolean => group.some(one => one.onRequest === 'unless waiting')

/** Milliseconds of the burst before a group. Without a known capacity, none is sent. */
function burstOf(group: Collector[], capacity: number): number {
  const requests = Math.max(...group.map(({ rehearses = 0 }) => rehearses))
  return capacity > 0 ? Math.min(LONGEST_BURST, requests / capacity) * 1_000 : 0
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
