/** Processes that help a collector. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import type { Helper } from '../../../model/capabilities.ts'
import { MARK } from '../../both/launch-processes.ts'

/** Milliseconds from the signal until a helper is killed: when its result is wanted, and when it is not. */
const RESULT_GRACE = 20_000
const GRACE = 2_000

/**
 * Helpers carry the mark of a launch, so they end with it: by the harness at the end of the round, by the driver when the
 * harness dies, by the next run after a crash of both.
 */
export class Helpers {
  readonly #running = new Set<ChildProcess>()

  /** @throws Error when it cannot be started, or ends before it is ready */
  async start(command: string[], mark: string, ready?: RegExp): Promise<Helper> {
    const [program, ...args] = command
    const child = spawn(program!, args, {
      env: { ...process.env, [MARK]: mark },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: process.platform !== 'win32',
    })
    const [output, complaint] = [textOf(child.stdout), textOf(child.stderr)]
    try {
      await once(child, 'spawn')
    } catch (cause) {
      throw new Error(`\`${command.join(' ')}\` was not started: ${(cause as Error).message}`, { cause })
    }
    this.#running.add(child)
    if (ready)
      await begun(child, output, ready, () => `\`${program}\` ended at once. ${complaint.text.trim()}`)
    return {
      pid: child.pid!,
      end: async signal => {
        await end(child, RESULT_GRACE, signal)
        this.#running.delete(child)
        await output.ended
        return output.text
      },
    }
  }

  /** Ends those that their collectors have not ended. */
  async end(): Promise<void> {
    await Promise.all([...this.#running].map(child => end(child, GRACE)))
  }
}

interface Text {
  text: string
  ended: Promise<unknown>
}

function textOf(stream: Readable): Text {
  const read: Text = { text: '', ended: finished(stream).catch(() => {}) }
  stream.setEncoding('utf8').on('data', (part: string) => {
    read.text += part
  })
  return read
}

/** Resolves when the output matches; looks at it each time that there is more. */
async function begun(
  child: ChildProcess,
  output: Text,
  ready: RegExp,
  complaint: () => string,
): Promise<void> {
  const ended = once(child, 'exit').then(() => output.ended)
  while (!ready.test(output.text)) {
    const more = await Promise.race([once(child.stdout!, 'data'), ended.then(() => undefined)])
    if (more === undefined && !ready.test(output.text)) throw new Error(complaint())
  }
}

async function end(child: ChildProcess, grace: number, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill(signal)
  const timer = setTimeout(() => child.kill('SIGKILL'), grace)
  await ended
  clearTimeout(timer)
}
