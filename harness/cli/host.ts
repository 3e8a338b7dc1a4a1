/** What the command line needs of a process; `process` itself is one. */
import type { World } from '../model/world.ts'
import { thisWorld } from '../world.ts'

export interface Host {
  cwd(): string
  env: Record<string, string | undefined>
  /** Absent where nobody can be asked. */
  stdin?: NodeJS.ReadableStream & { isTTY?: boolean }
  stdout: Output
  stderr: Output
  on(signal: Signal, listener: () => void): unknown
  off(signal: Signal, listener: () => void): unknown
  exit(code: number): unknown
}

export interface Output {
  write(text: string): unknown
  isTTY?: boolean
  columns?: number
}

/** The world that the host shows. */
export const worldOf = (host: Host, replaced: Partial<World> = {}): World =>
  thisWorld({ directory: host.cwd(), environment: host.env, ...replaced })

/** Columns. A terminal that does not know its own width says 0. */
export const widthOf = ({ columns }: Output) => columns || 80

export type Signal = 'SIGINT' | 'SIGTERM' | 'SIGHUP'
