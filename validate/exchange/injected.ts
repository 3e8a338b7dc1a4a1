/**
 * Two versions of `injected` under the agent that most people have, which pushes to `flamegate serve`: is the injected function the first
 * of the difference, and is nothing significant where nothing is different?
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { diffProfiles } from '../../harness/analyze/index.ts'
import { evidenceOfProfiles, withoutIdle } from '../../harness/evidence/index.ts'
import open from '../../harness/loaders/open.ts'
import { mortal } from '../../harness/measure/harness/command.ts'
import { get } from '../../harness/scenario/write.ts'
import { compileScript } from '../../harness/script/index.ts'
import { WindowStore } from '../../harness/serve/store.ts'
import { readProfiles } from '../../harness/store/index.ts'
import { atLeast, type Context, ROOT, type Target } from '../experiment.ts'
import { INJECTED } from '../live/injected.ts'
import { Server } from './server.ts'

const PACKAGE = '@pyroscope/nodejs'
const VERSION = '0.6.4'

const LEVELS = [0, 5]
const RUNS = 10
const ENOUGH = 0.9

/** Milliseconds under load: first until code is compiled, and then as long as it takes. */
const WARM = 10_000
const TIME = 150_000
const QUICK_TIME = 20_000
/** Milliseconds between two pushes. */
const PUSHES = 5_000
/** Requests per second to each version: about a third of a processor. */
const RATE = 500

const preloadOf = (server: string) => `
const Pyroscope = require(${JSON.stringify(PACKAGE)})
Pyroscope.init({
  serverAddress: ${JSON.stringify(server)},
  appName: 'shop',
  tags: { version: process.env.VERSION },
  flushIntervalMs: ${PUSHES},
  wall: { collectCpuTime: true },
})
Pyroscope.start()
`

export async function* injected({ quick, signal }: Context): AsyncGenerator<Target> {
  const folder = mkdtempSync(join(tmpdir(), 'flamegate-injected-'))
  const found = { named: 0, quiet: 0 }
  let done = 0
  try {
    await promisify(execFile)(
      'npm',
      ['install', '--prefix', folder, '--no-audit', '--no-fund', `${PACKAGE}@${VERSION}`],
      {
        signal,
      },
    )
    for (; done < (quick ? 1 : RUNS) && !signal.aborted; done++) {
      const same = await rowsOf(join(folder, `${done}-same`), LEVELS[0]!, quick, signal)
      const changed = await rowsOf(join(folder, `${done}-changed`), LEVELS[1]!, quick, signal)
      if (changed[0]?.function === INJECTED && changed[0].significant) found.named++
      const significant = same.filter(row => row.significant)
      if (significant.length === 0) found.quiet++
      const first = `${changed[0]?.function}${changed[0]?.significant ? '' : ', not significant'}`
      const called = significant.map(({ function: name }) => name).join(', ') || 'nothing'
      console.error(`${done + 1}: first at +5 %: ${first}; significant in A/A: ${called}`)
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  yield atLeast('+5 %: the function is first and significant', found.named, ENOUGH * done, String)
  yield atLeast('A/A: nothing is significant', found.quiet, ENOUGH * done, String)
}

/** Functions of the difference between two versions that run at the same time, the largest change first. */
async function rowsOf(folder: string, level: number, quick: boolean, signal: AbortSignal) {
  mkdirSync(folder, { recursive: true })
  const server = await new Server(folder).started()
  const services: Service[] = []
  try {
    const preload = join(folder, 'agent.cjs')
    writeFileSync(preload, preloadOf(server.address))
    for (const [version, inject] of Object.entries({ before: 0, after: level }))
      services.push(await started(preload, version, inject))
    const time = WARM + (quick ? QUICK_TIME : TIME)
    // Seeds of their own: requests that come to both at once would make the second one's more expensive.
    await Promise.all(services.map(({ url }, at) => load(url, time, at + 1)))
  } finally {
    for (const { child } of services) child.kill('SIGKILL')
    await server.end('SIGTERM')
  }
  signal.throwIfAborted()
  return await difference(folder)
}

interface Service {
  url: string
  child: ChildProcess
}

async function started(preload: string, version: string, inject: number): Promise<Service> {
  const port = await freePort()
  const [program, ...args] = mortal([process.execPath, '--require', preload, 'targets/injected/server.js'])
  const child = spawn(program!, args, {
    cwd: ROOT,
    env: { ...process.env, PORT: String(port), VERSION: version, INJECT: String(inject) },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const url = `http://127.0.0.1:${port}`
  while (child.exitCode === null) {
    const isReady = await fetch(`${url}/ready`).then(
      ({ ok }) => ok,
      () => false,
    )
    if (isReady) return { url, child }
  }
  throw new Error(`the service has ended with code ${child.exitCode}`)
}

async function load(url: string, duration: number, seed: number): Promise<void> {
  const connections = 2
  const script = compileScript({ steps: [get('/orders')], connections }, {}, seed)
  const session = await open.open({
    url,
    script,
    load: { connections, pipelining: 1, arrivals: 'poisson' },
    seed,
    timeout: 10_000,
  })
  const times = Math.ceil((RATE * duration * 2) / 1_000 / connections)
  const phases = [{ from: RATE, to: RATE, duration }]
  try {
    await session.slice({ first: 0, times, phases }, { latency() {}, failed() {} })
  } finally {
    await session.close()
  }
}

/** What the page of the server shows of the windows after the warm-up. */
async function difference(folder: string) {
  const store = new WindowStore(join(folder, 'windows.sqlite'), Number.MAX_SAFE_INTEGER)
  const types = new Set(store.groups().map(({ type }) => type))
  const type = types.has('cpu') ? 'cpu' : 'wall'
  const all = { from: 0, to: Number.MAX_SAFE_INTEGER }
  for (const version of ['before', 'after']) {
    mkdirSync(join(folder, version))
    const windows = store.windows({ service: 'shop', version, type, ...all })
    const first = Math.min(...windows.map(({ startedAt }) => startedAt))
    for (const { id } of windows.filter(({ startedAt }) => startedAt >= first + WARM))
      writeFileSync(join(folder, version, `${id}.pb.gz`), store.content(id)!)
  }
  store.close()
  const side = async (version: string) =>
    withoutIdle({ label: version, files: await readProfiles(join(folder, version)) })
  const request = { before: await side('before'), after: await side('after') }
  const { analysis } = diffProfiles(evidenceOfProfiles(request), request)
  return analysis.frames.toSorted((a, b) => Math.abs(b.change.estimate) - Math.abs(a.change.estimate))
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}
