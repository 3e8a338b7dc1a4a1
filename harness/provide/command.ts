/** Runs programs of the project before anything is measured, and ends them when the run is interrupted. */
import { execa } from 'execa'
import { MeasureError } from '../model/errors.ts'
import type { Checkout } from '../model/plan.ts'
import type { World } from '../model/world.ts'
import { movedEnvironment } from '../paths/moved.ts'
import { lastWords } from '../words/text.ts'

/** Lines of output that a message shows. */
const LINES_SHOWN = 25

const PREPARE = 'Run the command by hand in a fresh clone, or set `prepare` of the target.'

/** What a program is run for, and its time limit (ms). */
export interface Purpose {
  what: string
  limit: number
  /** What to do when it fails; by default, advice about preparing. */
  advice?: string
}

/**
 * @throws MeasureError with the end of its output when it fails or takes too long; the signal's reason after an abort
 */
export async function runCommand(
  command: string[],
  directory: string,
  { what, limit, advice = PREPARE }: Purpose,
  { environment, signal }: Pick<World, 'environment' | 'signal'>,
): Promise<void> {
  signal.throwIfAborted()
  const [program, ...args] = command
  const child = execa(program!, args, {
    cwd: directory,
    env: environment,
    extendEnv: false,
    stdin: 'ignore',
    all: true,
    reject: false,
    // A group of its own, so that everything it starts can be ended with it.
    detached: process.platform !== 'win32',
  })
  const tooLong = AbortSignal.timeout(limit)
  const end = AbortSignal.any([signal, tooLong])
  const stop = () => endGroup(child.pid)
  end.addEventListener('abort', stop)
  const { exitCode, all, originalMessage } = await child
  end.removeEventListener('abort', stop)
  signal.throwIfAborted()
  if (exitCode === 0) return
  const ending = exitCode === undefined ? 'it did not run to its end' : `code ${exitCode}`
  const how = tooLong.aborted ? `took more than ${limit / 1_000} s` : `failed (${ending})`
  throw new MeasureError(`${what} ${how}.`, {
    place: `${command.join(' ')} in ${directory}`,
    details: lastWords(all || originalMessage || '', LINES_SHOWN).join('\n'),
    advice,
  })
}

/** How Yarn's Plug'n'Play gets into each process. */
const PLUG_AND_PLAY = /\s*--(?:require|experimental-loader)[ =](?:"[^"]*\.pnp\.[\w.]+"|\S*\.pnp\.[\w.]+)/g

/**
 * The world of commands in the checkout, which has neither tools nor modules yet: `PATH` stays the working tree's, and no process is
 * made to load Plug'n'Play before it is installed.
 */
export function worldIn(
  checkout: Checkout,
  { environment, signal }: World,
): Pick<World, 'environment' | 'signal'> {
  const moved = movedEnvironment(environment, checkout)
  const options = moved.NODE_OPTIONS?.replaceAll(PLUG_AND_PLAY, '').trim()
  return { environment: { ...moved, PATH: environment.PATH, NODE_OPTIONS: options || undefined }, signal }
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL')
  } catch {
    // It has already ended.
  }
}
