/**
 * Where threads stop running, from the kernel's side: blocked calls, locks, storage, and waits for a processor, with the
 * JavaScript that led to them. Left out is what threads do when there is nothing to do. Needs bpftrace and root.
 */
import { ATTACHED, bpftraceCommand, offCpuProgram, readTrace, type TraceRow } from '../kernel/bpftrace.ts'
import { requireKernelView } from '../kernel/kernel-view.ts'
import { threadsOf } from '../kernel/processes.ts'
import { kindOf, type ThreadKind } from '../kernel/threads.ts'
import type { Helper, LaunchCollector } from '../model/capabilities.ts'
import type { Profile } from '../model/profile.ts'
import { ProfileBuilder } from '../profile/index.ts'
import { symbolLocator, unknownShare } from '../waits/symbols.ts'
import { PERF_MAP } from './system.ts'

const helpers = new WeakMap<object, Helper>()

const offCpu: LaunchCollector = {
  name: 'off-cpu',
  scope: 'launch',
  order: 70,
  onRequest: true,
  mayFail: true,
  v8: PERF_MAP,
  async start(launch, occasion) {
    requireKernelView(launch.processes())
    helpers.set(launch, await occasion.helper(bpftraceCommand(offCpuProgram(launch.processes())), ATTACHED))
  },
  /** `unknown`: share of the frames without a name; `lost`: events that were not counted. */
  async stop(launch) {
    const { maps, lost } = readTrace((await helpers.get(launch)?.end('SIGINT')) ?? '')
    // An empty map is not written.
    const rows = maps.off ?? []
    const pids = launch.processes()
    const kindOfThread = (tid: string) =>
      pids.includes(Number(tid)) ? 'main' : kindOf(processOf(Number(tid), pids), Number(tid))
    return {
      profile: offCpuProfile(rows, kindOfThread),
      figures: { unknown: unknownShare(rows), lost },
    }
  },
}

const processOf = (tid: number, pids: number[]): number =>
  pids.find(pid => threadsOf(pid).includes(tid)) ?? tid

/** States of `task_struct`, as `sched_switch` tells them. */
const STATES: Record<string, string> = {
  '0': '[waiting for a processor]',
  '256': '[waiting for a processor]',
  '1': '[sleeps]',
  '2': '[waits for storage]',
}

const THREADS: Record<ThreadKind, string> = {
  main: '(main thread)',
  pool: '(thread pool)',
  compiler: '(V8 threads)',
  other: '(other threads)',
}

/** Where the main thread sleeps until something happens, and all others until there is work. */
const IDLE = { main: /^(?:epoll_p?wait|uv__io_poll)/, others: /cond_(?:timed)?wait|futex_abstimed_wait/ }

/** @param kindOfThread of a thread's id */
export function offCpuProfile(rows: TraceRow[], kindOfThread: (tid: string) => ThreadKind): Profile {
  const builder = new ProfileBuilder([{ type: 'off_cpu', unit: 'nanoseconds' }])
  const locationOf = symbolLocator(builder)
  const named = (name: string) => builder.location(builder.function(name))
  for (const { keys, stacks, value } of rows) {
    const [tid = '', state = ''] = keys
    const [symbols = []] = stacks
    const kind = kindOfThread(tid)
    const idle = kind === 'main' ? IDLE.main : IDLE.others
    if (state === '1' && symbols.some(symbol => idle.test(symbol))) continue
    let stack = builder.stack(-1, named(THREADS[kind]))
    for (const symbol of symbols.toReversed()) stack = builder.stack(stack, locationOf(symbol))
    builder.sample(builder.stack(stack, named(STATES[state] ?? `[state ${state}]`)), [value])
  }
  return builder.build()
}

export default offCpu
