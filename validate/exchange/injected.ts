/**
 * Two versions of `injected` under the agent that most people have, which pushes to `flamegate serve`: is the injected function the first
 * of the difference, and is nothing significant where nothing is different?
 */
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { diffProfiles } from '../../harness/analyze/index.ts'
import { evidenceOfProfiles, withoutIdle } from '../../harness/evidence/index.ts'
import { WindowStore } from '../../harness/serve/store.ts'
import { readProfiles } from '../../harness/store/index.ts'
import { atLeast, type Context, type Target } from '../experiment.ts'
import { type InjectedService, startInjected } from '../injected-service.ts'
import { INJECTED } from '../live/injected.ts'
import { poissonLoad } from '../poisson-load.ts'
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
  const services: InjectedService[] = []
  try {
    const preload = join(folder, 'agent.cjs')
    writeFileSync(preload, preloadOf(server.address))
    for (const [version, inject] of Object.entries({ before: 0, after: level }))
      services.push(await startInjected(preload, { VERSION: version, INJECT: String(inject) }))
    const load = { path: '/orders', rate: RATE, duration: WARM + (quick ? QUICK_TIME : TIME) }
    await Promise.all(services.map(({ url }, at) => poissonLoad(url, { ...load, seed: at + 1 })))
  } finally {
    for (const { child } of services) child.kill('SIGKILL')
    await server.end('SIGTERM')
  }
  signal.throwIfAborted()
  return await difference(folder)
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
