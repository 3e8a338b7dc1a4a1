/**
 * What the main thread is found doing, looked at from outside every few milliseconds: running, or asleep in which system
 * call. Tells an idle service from one that is blocked (a lock, a synchronous write, storage) or that lacks a processor.
 */
import { type ThreadState, threadState } from '../kernel/thread-state.ts'
import type { LaunchCollector } from '../model/capabilities.ts'
import { ProfileBuilder } from '../profile/index.ts'

/** Milliseconds between two looks. */
const INTERVAL = 5

interface Watch {
  timer: NodeJS.Timeout
  /** By process: how long its main thread was seen in each state, in ms. A look stands for the time since the one before. */
  seen: Map<number, Map<string, Seen>>
  looks: number
}

interface Seen {
  state: ThreadState
  time: number
}

const watched = new WeakMap<object, Watch>()

/** Main threads sleep here when there is nothing to do. */
const IDLE = /^(?:epoll_|do_epoll|ep_poll|poll|ppoll|kevent)/

const states: LaunchCollector = {
  name: 'states',
  scope: 'launch',
  order: 25,
  along: 'waits',
  onRequest: 'unless waiting',
  mayFail: true,
  async start(launch) {
    let last = performance.now()
    const pids = launch.processes()
    const watch: Watch = {
      seen: new Map(pids.map(pid => [pid, new Map()])),
      looks: 0,
      timer: setInterval(() => {
        const now = performance.now()
        for (const pid of pids) note(watch.seen.get(pid)!, threadState(pid, pid), now - last)
        watch.looks++
        last = now
      }, INTERVAL),
    }
    watched.set(launch, watch)
  },
  /** Shares of the looks: `running`, `idle`, `blocked` (asleep elsewhere), `storage`; and their number (`looks`). */
  async stop(launch) {
    const { timer, seen, looks = 0 } = watched.get(launch) ?? {}
    clearInterval(timer)
    watched.delete(launch)
    const all = busiest([...(seen?.values() ?? [])].map(states => [...states.values()]))
    return { profile: profileOf(all), figures: { looks, ...sharesOf(all) } }
  },
}

function note(states: Map<string, Seen>, state: ThreadState | undefined, time: number): void {
  if (!state) return
  const key = `${state.state} ${state.call} ${state.channel}`
  const known = states.get(key) ?? { state, time: 0 }
  states.set(key, known)
  known.time += time
}

/** The process that did most. The others only started it: a shell, for example, or a package manager. */
function busiest(processes: Seen[][]): Seen[] {
  const active = (all: Seen[]) => 1 - (sharesOf(all).idle ?? 0) - (isWaitingForChild(all) ? 1 : 0)
  return processes.toSorted((a, b) => active(b) - active(a))[0] ?? []
}

/** A shell spends its whole life in this call. */
const isWaitingForChild = (all: Seen[]): boolean =>
  all.length > 0 && all.every(({ state: { call, channel } }) => call === 'wait4' || channel === 'do_wait')

export function sharesOf(all: Seen[]): Record<string, number> {
  const whole = all.reduce((sum, { time }) => sum + time, 0)
  const share = (isMeant: (state: ThreadState) => boolean) =>
    whole === 0 ? 0 : all.reduce((sum, { state, time }) => sum + (isMeant(state) ? time : 0), 0) / whole
  const sleeps = ({ state }: ThreadState) => state === 'S' || state === 'I'
  return {
    running: share(({ state }) => state === 'R'),
    idle: share(it => sleeps(it) && isIdle(it)),
    blocked: share(it => sleeps(it) && !isIdle(it)),
    storage: share(({ state }) => state === 'D'),
  }
}

/** Where nobody may know the call, a sleeping thread counts as idle. */
const isIdle = ({ call, channel }: ThreadState) =>
  (call === '' && channel === '') || IDLE.test(call) || IDLE.test(channel)

const WORDS: Record<string, string> = {
  R: '[runs, or is ready to]',
  S: '[sleeps]',
  I: '[sleeps]',
  D: '[waits for storage]',
}

function profileOf(all: Seen[]) {
  const builder = new ProfileBuilder([{ type: 'state', unit: 'nanoseconds' }])
  for (const { state, time } of all) {
    const names = [WORDS[state.state] ?? `[state ${state.state}]`, state.call, state.channel]
    const stack = names
      .filter(name => name !== '')
      .reduce((parent, name) => builder.stack(parent, builder.location(builder.function(name))), -1)
    builder.sample(stack, [time * 1e6])
  }
  return builder.build({ period: INTERVAL * 1e6 })
}

export default states
