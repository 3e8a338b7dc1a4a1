/** A Node process that runs already and was started without anything of ours: its inspector is opened, and closed again. */
import { setTimeout } from 'node:timers/promises'
import { identityOf, programOf } from '../kernel/identity.ts'
import { addressesOf, type Listener, listenersOf } from '../kernel/listeners.ts'
import { MeasureError } from '../model/errors.ts'
import { Inspector } from './inspector.ts'

/** Number of SIGUSR1 on Linux, which opens the inspector. */
const SIGUSR1 = 10
/** Milliseconds within which the inspector is open, and between two looks. */
const OPEN_WITHIN = 5_000
const LOOK_EVERY = 50

export interface Attached {
  inspector: Inspector
  /** Whether somebody else had opened it: then it stays open. */
  wasOpen: boolean
  /** Host and port of the inspector. */
  address: string
}

/**
 * It is not interrupted: an inspector that opens later would stay open.
 *
 * @throws MeasureError when the process is not ours, is not Node, or does not open its inspector
 */
export async function attach(pid: number): Promise<Attached> {
  refuseOthers(pid)
  const open = await inspectorOf(pid, listenersOf(pid))
  if (open) return { ...open, wasOpen: true }
  process.kill(pid, 'SIGUSR1')
  for (const deadline = performance.now() + OPEN_WITHIN; performance.now() < deadline; ) {
    const opened = await inspectorOf(pid, listenersOf(pid))
    if (opened) return { ...opened, wasOpen: false }
    await setTimeout(LOOK_EVERY)
  }
  throw refusal(
    pid,
    'did not open its inspector',
    'Its port (9229) may be taken by another process, the service may handle SIGUSR1 itself, or its loop stands still.',
  )
}

function refuseOthers(pid: number): void {
  if (process.platform !== 'linux')
    throw refusal(pid, 'cannot be examined', 'This works on Linux, where the kernel says what a process is.')
  const identity = identityOf(pid)
  if (!identity) throw refusal(pid, 'does not run', 'Give the id of a process (`pgrep -f server.js`).')
  const own = process.geteuid?.()
  if (own !== 0 && identity.user !== own)
    throw refusal(pid, 'belongs to somebody else', 'Run this as its user, or as root.')
  // The signal ends a process that has no handler for it.
  if (!identity.handled.has(SIGUSR1))
    throw refusal(
      pid,
      `is not a Node process that can be profiled (${programOf(pid) || 'its program is not known'})`,
      'Give the process of Node itself and not that of npm or a shell, started without `--disable-sigusr1`.',
    )
}

/** The inspector among these listeners, if one of them is that of this process. */
async function inspectorOf(
  pid: number,
  listeners: Listener[],
): Promise<Omit<Attached, 'wasOpen'> | undefined> {
  for (const listener of listeners)
    for (const host of addressesOf(listener).filter(isLoopback)) {
      const address = `${host.includes(':') ? `[${host}]` : host}:${listener.port}`
      const url = await debuggerUrl(address)
      if (url === undefined) continue
      const inspector = await Inspector.connect(url)
      // In a container, the process knows another number of itself.
      const own = await inspector.evaluate<number>('process.pid')
      if (own === identityOf(pid)?.innermostPid) return { inspector, address }
      inspector.close()
    }
  return undefined
}

const isLoopback = (host: string): boolean => host === '::1' || host.startsWith('127.')

/** Milliseconds. Other listeners of the service are asked too, and need not speak HTTP. */
const ANSWER_WITHIN = 1_000

/** @returns undefined when no inspector listens there */
async function debuggerUrl(address: string): Promise<string | undefined> {
  try {
    const response = await fetch(`http://${address}/json/list`, {
      signal: AbortSignal.timeout(ANSWER_WITHIN),
    })
    const [target] = (await response.json()) as { type?: string; webSocketDebuggerUrl?: string }[]
    return target?.type === 'node' ? target.webSocketDebuggerUrl : undefined
  } catch {
    return undefined
  }
}

/** Closes the inspector after the session has ended, because closing waits for sessions. */
const CLOSE = `setTimeout(() => {
  if (process.getBuiltinModule) process.getBuiltinModule('node:inspector').close()
  else process._debugEnd()
}, 100).unref()`

/** Leaves the process as it was. */
export async function detach({ inspector, wasOpen }: Attached): Promise<void> {
  if (!wasOpen) await inspector.evaluate(`void ${CLOSE}`).catch(() => {})
  inspector.close()
}

export const refusal = (pid: number, problem: string, advice: string): MeasureError =>
  new MeasureError(`Process ${pid} ${problem}.`, { advice })
