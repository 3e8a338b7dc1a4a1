/** What the command line needs from a process; `process` itself is a host. */
import type { World } from '../model/world.ts'
import { thisWorld } from '../world.ts'

export interface Host {
  cwd(): string
  env: Record<string, string | undefined>
  /** Absent when nobody can be asked. */
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

/** The world of a host. */
export const worldOf = (host: Host, replaced: Partial<World> = {}): World =>
  thisWorld({ directory: host.cwd(), environment: host.env, ...replaced })

/** Columns. A terminal that does not know its width says 0. */
export const widthOf = ({ columns }: Output) => columns || 80

export type Signal = 'SIGINT' | 'SIGTERM' | 'SIGHUP'

/** `NO_COLOR` (any value) and `FORCE_COLOR` (0 is off) take precedence over the kind of stream. */
export function wantsColour({ env }: Pick<Host, 'env'>, stream: Output): boolean {
  if (env.NO_COLOR) return false
  if (env.FORCE_COLOR !== undefined) return !['0', 'false'].includes(env.FORCE_COLOR)
  return stream.isTTY === true && env.TERM !== 'dumb'
}

/** How tables are printed. */
export interface PrintOptions {
  colour: boolean
  /** Columns. */
  width: number
}

export const printOptions = (host: Host): PrintOptions => ({
  colour: wantsColour(host, host.stdout),
  width: widthOf(host.stdout),
})
