/** Services that already run: measured, and left alone. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { freePort } from '../../harness/measure/harness/address.ts'
import { folderWith } from '../plan/world.ts'
import { flamegate, printed, recordIn } from './flamegate.ts'
import { SHORT, STEPS, service } from './project.ts'

const started: ChildProcess[] = []
afterEach(async () => {
  for (const child of started.splice(0)) {
    child.kill('SIGKILL')
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  }
})

const FILES = {
  'plain.js': service("response.end('Hello')"),
  'slow.js': service("for (let i = 0; i < 40_000; i++) Math.sqrt(i)\n  response.end('Hello')"),
}

/** A service that works for so many turns, and answers its probe's questions beside its own. */
const probed = (turns: number) => `const { createServer } = require('node:http')
const { probe } = require(${JSON.stringify(join(import.meta.dirname, '../../harness/probe/index.cjs'))})
const endpoints = probe({ service: 'shop', triggers: false }).endpoints()
createServer((request, response) => {
  if (request.url.startsWith('/debug/')) return endpoints(request, response)
  for (let i = 0; i < ${turns}; i++) Math.sqrt(i)
  response.end('Hello')
}).listen(process.env.PORT, '127.0.0.1')
`

/** A process that is not the harness's, and its address. */
async function start(folder: string, file: string) {
  const port = await freePort()
  const child = spawn(process.execPath, [join(folder, file)], {
    env: { ...process.env, PORT: port },
    stdio: 'ignore',
  })
  started.push(child)
  const url = `http://127.0.0.1:${port}`
  while (!(await fetch(url).catch(() => undefined))?.ok) await new Promise(resolve => setImmediate(resolve))
  return { child, url, pid: child.pid! }
}

const scenario = (variants: object, fields = SHORT) => `export default {
  target: { name: 'shop' },
  variants: ${JSON.stringify(variants)},
  load: { ${STEPS}, connections: 4 },
  ${fields}
}
`

it('are compared by latency and CPU, and run on', async () => {
  const folder = await folderWith(FILES)
  const [blue, green] = [await start(folder, 'plain.js'), await start(folder, 'slow.js')]
  const variants = { blue: { url: blue.url, pid: blue.pid }, green: { url: green.url, pid: green.pid } }
  const directory = await folderWith({ 'demo.js': scenario(variants) })
  const run = await flamegate(['demo.js', '--rounds', '2', '--json'], { directory })
  expect(run).toMatchObject({ stderr: '', left: [] })
  const { comparisons, findings } = printed(run)
  const change = (id: string) => comparisons.find(({ metric }) => metric === id)!.change!.estimate!
  for (const metric of ['cpu.perRequest', 'latency.p50']) expect(change(metric)).toBeGreaterThan(0.2)
  expect(comparisons.some(({ metric }) => metric === 'memory.resident')).toBe(true)
  expect(findings.map(({ code }) => code)).toContain('already-running')
  expect(findings.map(({ code }) => code)).not.toContain('no-agent')
  for (const { launches } of recordIn(run.output).rounds)
    expect(launches.map(({ url, collected }) => ({ url, collected }))).toEqual([
      { url: blue.url, collected: {} },
      { url: green.url, collected: {} },
    ])
  for (const { child, url } of [blue, green]) {
    expect(child.exitCode).toBeNull()
    expect((await fetch(url)).ok).toBe(true)
  }
})

it('are compared by latency alone where their processes are not known', async () => {
  const folder = await folderWith(FILES)
  const [blue, green] = [await start(folder, 'plain.js'), await start(folder, 'slow.js')]
  const directory = await folderWith({
    'demo.js': scenario({ blue: { url: blue.url }, green: { url: green.url } }),
  })
  const run = await flamegate(['demo.js', '--rounds', '2', '--json'], { directory })
  expect(run).toMatchObject({ stderr: '', left: [] })
  const { comparisons, gates } = printed(run)
  expect(gates.map(({ metric }) => metric)).toEqual(['latency.p50', 'errors'])
  // On a busy machine so many requests are late that nothing is compared.
  expect(comparisons.map(({ metric }) => metric)).toContain('latency.p50')
  expect(comparisons.map(({ metric }) => metric)).not.toContain('cpu.perRequest')
})

it('are compared by the CPU that their probes tell', async () => {
  const folder = await folderWith({ 'plain.cjs': probed(0), 'slow.cjs': probed(40_000) })
  const [blue, green] = [await start(folder, 'plain.cjs'), await start(folder, 'slow.cjs')]
  const variants = { blue: { url: blue.url, probe: blue.url }, green: { url: green.url, probe: green.url } }
  const directory = await folderWith({ 'demo.js': scenario(variants) })
  const run = await flamegate(['demo.js', '--rounds', '2', '--json'], { directory })
  expect(run).toMatchObject({ stderr: '', left: [] })
  const { comparisons, gates } = printed(run)
  expect(gates.map(({ metric }) => metric)).toEqual(['cpu.perRequest', 'errors'])
  const found = comparisons.find(({ metric }) => metric === 'cpu.perRequest')
  expect(found!.change!.estimate).toBeGreaterThan(0.2)
  expect(comparisons.map(({ metric }) => metric)).toContain('memory.resident')
})

it.each([
  [
    'does not answer',
    { url: 'http://127.0.0.1:9' },
    /was not ready: after 300 ms, \/ still gave no answer \(ECONNREFUSED\)/,
  ],
  [
    'names a process that does not run',
    { url: 'http://127.0.0.1:9', pid: 4_194_303 },
    /names process 4194303, which does not run/,
  ],
])('one that %s is refused', async (_, blue, said) => {
  const directory = await folderWith({
    'demo.js': scenario({ blue }, `${SHORT} limits: { readiness: 300 },`),
  })
  const run = await flamegate(['demo.js', '--aa', '--rounds', '1'], { directory })
  expect(run).toMatchObject({ exitCode: 3, left: [] })
  expect(run.stderr).toMatch(said)
})

it('one whose probe tells nothing is refused', async () => {
  const { url } = await start(await folderWith(FILES), 'plain.js')
  const directory = await folderWith({ 'demo.js': scenario({ blue: { url, probe: url } }) })
  const run = await flamegate(['demo.js', '--aa', '--rounds', '1'], { directory })
  expect(run).toMatchObject({ exitCode: 3, left: [] })
  expect(run.stderr).toMatch(/has a probe that tells nothing: .* answers no counters/)
})
