/** Whose a process is, what it runs, and which signals it handles itself, as in proc_pid_status(5). */
import { linkOf, readText } from './proc.ts'

export interface Identity {
  /** Effective user id. */
  user: number
  /** Its id in the innermost namespace, for example in its container. */
  innermostPid: number
  /** Numbers of the signals for which it has a handler. */
  handled: ReadonlySet<number>
}

export function parseIdentity(status: string): Identity | undefined {
  const field = (name: string) => new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(status)?.[1]
  const [user, pids, mask] = [field('Uid'), field('NSpid') ?? field('Pid'), field('SigCgt')]
  if (user === undefined || pids === undefined || mask === undefined) return undefined
  const bits = BigInt(`0x${mask}`)
  const signals = Array.from({ length: 64 }, (_, at) => at + 1)
  return {
    user: Number(user.split(/\s+/)[1]),
    innermostPid: Number(pids.split(/\s+/).at(-1)),
    handled: new Set(signals.filter(signal => (bits >> BigInt(signal - 1)) & 1n)),
  }
}

/** @returns undefined when there is no such process, or the platform does not say */
export const identityOf = (pid: number): Identity | undefined =>
  parseIdentity(readText(`/proc/${pid}/status`))

/** Path of the program that a process runs; empty when it belongs to another user. */
export const programOf = (pid: number): string => linkOf(`/proc/${pid}/exe`)
