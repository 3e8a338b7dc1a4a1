/** A server for a check, on the first processor; the generator, this process, keeps to the second. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { putMainThreadFirst } from '../../harness/measure/driver/v8-threads.ts'
import { mortal, pinned } from '../../harness/measure/harness/command.ts'
import { GENERATOR_FLAGS } from '../../harness/measure/harness/driver.ts'

export const ROOT = join(import.meta.dirname, '..', '..')
export const isApart = process.platform === 'linux' && availableParallelism() > 1

/**
 * Keeps this process on the second processor, where there is one, and its helpers behind it, as the driver does.
 *
 * @throws where it was not started with the driver's flags
 */
export function moveAside(): void {
  const missing = GENERATOR_FLAGS.filter(flag => !process.execArgv.includes(flag))
  if (missing.length > 0)
    throw new Error(`Node needs ${missing.join(' ')} here, as \`npm run validate:load\` has it.`)
  if (isApart) execFileSync('taskset', ['-apc', '1', String(process.pid)], { stdio: 'ignore' })
  putMainThreadFirst()
}

/** @param file a server that prints its port once it listens */
export async function withServer<T>(
  file: string,
  work: (url: string, server: ChildProcess) => Promise<T>,
): Promise<T> {
  const [program, ...args] = pinned(isApart ? [0] : undefined, mortal([process.execPath, file]))
  const server = spawn(program!, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  try {
    const [port] = await once(server.stdout!, 'data')
    return await work(`http://127.0.0.1:${String(port).trim()}`, server)
  } finally {
    server.kill('SIGKILL')
  }
}
