/** Processes that help a collector. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import type { Helper } from '../../../model/capabilities.ts'
import { MARK } from '../../both/launch-processes.ts'

/** Milliseconds from the signal until a helper is killed. */
const GRACE = 2_000

/**
 * Helpers carry the mark of a launch, so they end with it: by the harness at the end of the round, by the driver when the
 * harness dies, by the next run after a crash of both.
 */
export class Helpers {
  readonly #running = new Set<ChildProcess>()

  /** @throws Error when it cannot be started */
  async start(command: string[], mark: string): Promise<Helper> {
    const [program, ...args] = command
    const child = spawn(program!, args, {
      env: { ...process.env, [MARK]: mark },
      stdio: ['ignore', 'pipe', 'ignore'],
      detached: process.platform !== 'win32',
    })
    const output = text(child.stdout).catch(() => '')
    try {
      await once(child, 'spawn')
    } catch (cause) {
      throw new Error(`\`${command.join(' ')}\` was not started: ${(cause as Error).message}`, { cause })
    }
    this.#running.add(child)
    return {
      pid: child.pid!,
      end: async signal => {
        await end(child, signal)
        this.#running.delete(child)
        return output
      },
    }
  }

  /** Ends those that their collectors have not ended. */
  async end(): Promise<void> {
    await Promise.all([...this.#running].map(child => end(child)))
  }
}

async function end(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill(signal)
  const timer = setTimeout(() => child.kill('SIGKILL'), GRACE)
  await ended
  clearTimeout(timer)
}
