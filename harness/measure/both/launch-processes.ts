/** Finds and ends the processes of a launch, even when they have left their parent, group and session. */
import { hasVariable, livingProcesses, processState } from '../../kernel/processes.ts'
import { type Container, removeContainer } from './containers.ts'

/** How the processes of a launch are recognised. */
export interface Trace {
  /** Leader of the launch's session and process group; 0 when it never started. */
  pid: number
  /** When it started, in the kernel's clock ticks; 0 where the platform does not say. */
  started: number
  /** Value of `FLAMEGATE_LAUNCH` in the environment of every process of the launch: random, but not secret. */
  mark: string
  /** Milliseconds that it has to end, also after a crash: PostgreSQL leaves shared memory behind when it is killed. */
  grace?: number
  /** Container that it runs in. */
  container?: Container
}

/** Environment variable that every process of a launch inherits, even a daemon. */
export const MARK = 'FLAMEGATE_LAUNCH'

/** Milliseconds between two looks at whether a process has ended. */
const LOOK = 10
/** Milliseconds after SIGKILL until a process counts as unkillable. */
const KILL_TIMEOUT = 2_000
/** Milliseconds between two searches for processes that were started while the others were being ended. */
const SEARCH = 100

export const traceOf = (pid: number, mark: string): Trace => ({
  pid,
  mark,
  started: processState(pid)?.started ?? 0,
})

/**
 * The living processes of a launch: those of its session, those that carry its mark (a daemon leaves the session, but keeps
 * its environment), and their descendants. Where the kernel does not list processes, only the leader. A daemon that has
 * replaced its environment is not found.
 */
export function processesOf(trace: Trace): number[] {
  const processes = livingProcesses()
  if (processes.length === 0) return trace.pid > 0 && exists(trace.pid) ? [trace.pid] : []
  const leader = processes.find(({ pid }) => pid === trace.pid)
  // The id can belong to another process by now, and so can the session.
  const reused = leader !== undefined && leader.started !== trace.started
  const found = new Set<number>()
  for (const { pid, session, started } of processes) {
    if (started < trace.started) continue
    const inSession = trace.pid > 0 && !reused && session === trace.pid
    if (inSession || hasVariable(pid, MARK, trace.mark)) found.add(pid)
  }
  for (const pid of found) {
    for (const { pid: child, parent } of processes) if (parent === pid) found.add(child)
  }
  return [...found]
}

/**
 * Asks every process of the launch to end (SIGTERM), waits for `least` ms or its own `grace`, then kills those that are left, with what they
 * have started since.
 *
 * @returns the processes that even SIGKILL did not end
 */
export async function endProcesses(trace: Trace, least: number): Promise<number[]> {
  const { container } = trace
  if (!container) return await endThem(trace, least)
  await removeContainer(container)
  const left = await endThem(trace, least)
  // Its client may have been about to start it.
  await removeContainer(container)
  return left
}

async function endThem(trace: Trace, least: number): Promise<number[]> {
  const grace = Math.max(least, trace.grace ?? 0)
  const running = processesOf(trace)
  if (grace > 0) {
    if (trace.pid > 0) signalGroup(trace.pid, 'SIGTERM')
    for (const pid of running) if (processState(pid)?.group !== trace.pid) signal(pid, 'SIGTERM')
    await gone(running, grace)
  }
  const deadline = performance.now() + KILL_TIMEOUT
  for (;;) {
    const left = processesOf(trace)
    if (left.length === 0) return []
    if (performance.now() > deadline) return left
    if (left.includes(trace.pid)) signalGroup(trace.pid, 'SIGKILL')
    for (const pid of left) signal(pid, 'SIGKILL')
    await gone(left, SEARCH)
  }
}

/** Waits until all of them have ended, or the time is up. */
async function gone(pids: number[], timeout: number): Promise<void> {
  const deadline = performance.now() + timeout
  while (pids.some(lives) && performance.now() < deadline)
    await new Promise(resolve => setTimeout(resolve, LOOK))
}

const lives = (pid: number): boolean => exists(pid) && processState(pid)?.state !== 'Z'
/** Also true for a zombie. */
export const exists = (pid: number): boolean => signal(pid, 0)

function signalGroup(leader: number, name: 'SIGTERM' | 'SIGKILL'): void {
  signal(process.platform === 'win32' ? leader : -leader, name)
}

function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, name)
  } catch {
    return false
  }
}
