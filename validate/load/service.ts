/** A server on the first processor; the generator, this process, stays on the second. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { putMainThreadFirst } from '../../harness/measure/driver/v8-threads.ts'
import { mortal, pinned } from '../../harness/measure/harness/command.ts'
import { GENERATOR_FLAGS } from '../../harness/measure/harness/driver.ts'
import { UsageError } from '../../harness/model/errors.ts'

export const isApart = process.platform === 'linux' && availableParallelism() > 1

/**
 * Keeps this process on the second processor, where there is one, and its helper threads behind it, as the driver does.
 *
 * @throws UsageError when Node does not have the driver's flags
 */
export function moveAside(): void {
  const missing = GENERATOR_FLAGS.filter(flag => !process.execArgv.includes(flag))
  if (missing.length > 0)
    throw new UsageError(`Node needs ${missing.join(' ')}: start it with \`npm run validate:load\`.`)
  if (isApart) execFileSync('taskset', ['-apc', '1', String(process.pid)], { stdio: 'ignore' })
  putMainThreadFirst()
}

/** Starts a file that prints its ports once it listens, does the work, and ends it. @param work gets an address for each port */
export async function withServer<T>(
  file: string,
  work: (url: string, server: ChildProcess, ...others: string[]) => Promise<T>,
): Promise<T> {
  const [program, ...args] = pinned(isApart ? [0] : undefined, mortal([process.execPath, file]))
  const server = spawn(program!, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  try {
    const [ports] = await once(server.stdout!, 'data')
    const [url, ...others] = String(ports)
      .trim()
      .split(' ')
      .map(port => `http://127.0.0.1:${port}`)
    return await work(url!, server, ...others)
  } finally {
    server.kill('SIGKILL')
  }
}
