/** One process of the service `injected`, booted as people do it: no pinning, no agent. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { freePort } from '../../harness/measure/harness/address.ts'
import { mortal } from '../../harness/measure/harness/command.ts'
import { percentOf } from './outcome.ts'

const TARGET = join(import.meta.dirname, '..', '..', 'targets', 'injected')

/** Milliseconds: until it must be ready, between two questions, and until it is killed. */
const TIMEOUT = 10_000
const ASK_EVERY = 15
const GRACE = 1_000

export interface Service {
  url: string
  stop(): Promise<void>
}

/** Boots it with that share of extra work, runs the work against it, and stops it whatever happens. */
export async function withService<T>(level: number, work: (url: string) => Promise<T>): Promise<T> {
  const service = await boot(level)
  try {
    return await work(service.url)
  } finally {
    await service.stop()
  }
}

async function boot(level: number): Promise<Service> {
  const port = await freePort()
  const [program, ...args] = mortal([process.execPath, 'server.js'])
  const child = spawn(program!, args, {
    cwd: TARGET,
    env: { ...process.env, PORT: String(port), INJECT: String(percentOf(level)) },
    stdio: 'ignore',
  })
  const service = { url: `http://127.0.0.1:${port}`, stop: () => stop(child) }
  try {
    await ready(`${service.url}/ready`, child)
  } catch (error) {
    await service.stop()
    throw error
  }
  return service
}

async function ready(url: string, child: ChildProcess): Promise<void> {
  const deadline = performance.now() + TIMEOUT
  while (performance.now() < deadline) {
    if (hasEnded(child)) throw new Error('The service ended before it was ready.')
    const answer = await fetch(url).catch(() => null)
    await answer?.text()
    if (answer?.ok) return
    await wait(ASK_EVERY)
  }
  throw new Error(`The service was not ready after ${TIMEOUT} ms.`)
}

async function stop(child: ChildProcess): Promise<void> {
  if (hasEnded(child) || child.pid === undefined) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  const killing = setTimeout(() => child.kill('SIGKILL'), GRACE)
  await ended
  clearTimeout(killing)
}

const hasEnded = ({ exitCode, signalCode }: ChildProcess) => exitCode !== null || signalCode !== null
