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

/** `NO_COLOR` (any value) and `FORCE_COLOR` (0 is off) go before what the stream is. */
export function wantsColour({ env }: Pick<Host, 'env'>, stream: Output): boolean {
  if (env.NO_COLOR) return false
  if (env.FORCE_COLOR !== undefined) return !['0', 'false'].includes(env.FORCE_COLOR)
  return stream.isTTY === true && env.TERM !== 'dumb'
}

/** How a table on a stream is printed. */
export const printOptions = (
  host: Host,
  stream: Output = host.stdout,
): { colour: boolean; width: number } => ({
  colour: wantsColour(host, stream),
  width: widthOf(stream),
})
