/** From an empty folder to the flame of a service: the files that `init --stack` writes, as they are, with `flamegate serve` and a stopwatch. */
import { spawn } from 'node:child_process'
import { setTimeout as wait } from 'node:timers/promises'
import { mortal } from '../../harness/measure/harness/command.ts'
import { duration } from '../../harness/words/numbers.ts'
import { type Packed, pack } from '../../packaging/pack.ts'
import type { Context, Target } from '../experiment.ts'
import { Project } from '../project.ts'
import { Server } from './server.ts'

const STACKS = ['pyroscope', 'flamegate']

/** Milliseconds. */
const MOST = 5 * 60_000
const LOOK_EVERY = 1_000

/** A tenth of its time in `total`. */
const SERVICE = `
function total(until) {
  let sum = 0
  while (performance.now() < until) sum += Math.sqrt(sum + 1)
  return sum
}
setInterval(() => total(performance.now() + 10), 100)
`

export async function* firstFlame({ quick, signal }: Context): AsyncGenerator<Target> {
  const packed = pack()
  try {
    for (const stack of quick ? STACKS.slice(0, 1) : STACKS) {
      if (signal.aborted) return
      const time = await timeOf(stack, packed, signal)
      yield {
        name: `${stack}: until the flame of the service was there`,
        value: time === undefined ? 'not' : duration(time),
        bound: `at most ${duration(MOST)}`,
        met: time !== undefined && time <= MOST,
      }
    }
  } finally {
    packed.remove()
  }
}

/** Milliseconds; `undefined` if it did not come. */
async function timeOf(stack: string, { tarball }: Packed, signal: AbortSignal): Promise<number | undefined> {
  const project = new Project('shop')
  const began = performance.now()
  let server: Server | undefined
  let service: ReturnType<typeof spawn> | undefined
  try {
    project.write({ 'package.json': '{ "name": "shop", "private": true }', 'server.js': SERVICE })
    project.add('-D', tarball, ...(stack === 'pyroscope' ? ['@pyroscope/nodejs'] : []))
    const { status, stderr } = project.flamegate('init', '--stack', stack)
    if (status !== 0) throw new Error(stderr)
    server = await new Server(project.folder).started()
    const agent = stack === 'pyroscope' ? 'agent' : 'probe'
    const [program, ...args] = mortal([
      process.execPath,
      '--require',
      `./profiling/${agent}.cjs`,
      'server.js',
    ])
    service = spawn(program!, args, {
      cwd: project.folder,
      env: {
        ...process.env,
        GIT_SHA: '1.4',
        PYROSCOPE_SERVER_ADDRESS: server.address,
        FLAMEGATE_SERVER: server.address,
      },
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    while (!signal.aborted && performance.now() - began <= MOST) {
      if (await hasFlame(server)) return performance.now() - began
      await wait(LOOK_EVERY)
    }
    return undefined
  } finally {
    service?.kill('SIGKILL')
    await server?.end('SIGTERM')
    project.remove()
  }
}

/** Whether the page leads to a window of the service in whose flame its function is. */
async function hasFlame(server: Server): Promise<boolean> {
  const list = await server.get('/')
  if (!list.text.includes('shop')) return false
  const windows = await server.get('/windows?service=shop&type=cpu')
  const [, path] = /href="(\/windows\/\d+)"/.exec(windows.text) ?? []
  return path !== undefined && (await server.get(path)).text.includes('total')
}
