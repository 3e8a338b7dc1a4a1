/** One process of the service `injected`, started the usual way: without an agent. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { freePort } from '../../harness/measure/harness/address.ts'
import { mortal, pinned } from '../../harness/measure/harness/command.ts'
import { percentOf } from './measurement.ts'

const TARGET = join(import.meta.dirname, '..', '..', 'targets', 'injected')

/** Milliseconds until it must be ready, and between two requests. */
const TIMEOUT = 10_000
const ASK_EVERY = 15

/**
 * Starts it with that share of extra work, works against it, and ends it in any case.
 *
 * @param processors that it runs on; default: any
 */
export async function withService<T>(
  level: number,
  work: (url: string) => Promise<T>,
  processors?: number[],
): Promise<T> {
  const port = await freePort()
  const [program, ...args] = pinned(processors, mortal([process.execPath, 'server.js']))
  const child = spawn(program!, args, {
    cwd: TARGET,
    env: { ...process.env, PORT: String(port), INJECT: String(percentOf(level)) },
    stdio: 'ignore',
  })
  const ended = once(child, 'exit')
  const url = `http://127.0.0.1:${port}`
  try {
    await ready(`${url}/ready`, child)
    return await work(url)
  } finally {
    child.kill('SIGKILL')
    await ended
  }
}

async function ready(url: string, child: ChildProcess): Promise<void> {
  const deadline = performance.now() + TIMEOUT
  while (performance.now() < deadline) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error('The service ended before it was ready.')
    const response = await fetch(url).catch(() => null)
    await response?.text()
    if (response?.ok) return
    await wait(ASK_EVERY)
  }
  throw new Error(`The service was not ready after ${TIMEOUT} ms.`)
}
