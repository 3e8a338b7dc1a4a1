/** What services need, with real processes: started, handed over, measured, and stopped whatever happens. */
import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { folderWith } from '../plan/world.ts'
import { type Ended, Flamegate, flamegate, recordIn } from './flamegate.ts'
import { SHORT as SHORTEST, scenario, service } from './project.ts'

const SHORT = `${SHORTEST} variants: { a: {}, b: {} },`

/** Answers what its need answers. */
const SHOP = service(
  'const answer = await fetch(process.env.UPSTREAM_URL).catch(() => undefined)\n  response.writeHead(answer?.status ?? 502).end(await answer?.text())',
)

/** @param answer of the need; @param before statements that run once */
const upstream = (answer = "response.end('Hello')", before = '') => service(answer, before)

/** @param need fields of the need `upstream`, as source */
const project = (need: string, files: Record<string, string> = {}, fields = SHORT) =>
  folderWith({
    'service.js': SHOP,
    'upstream.js': upstream(),
    'demo.js': scenario(fields, `needs: { upstream: { ${need} } }`),
    ...files,
  })

const NEED = "command: ['node', 'upstream.js']"

async function run(directory: string, ...args: string[]): Promise<Ended & { files: string[] }> {
  const started = new Flamegate(['demo.js', '--quick', ...args], { directory })
  const ended = await started.ended()
  return { ...ended, files: started.temporaryFiles() }
}

const NOTHING = { left: [], files: [] }

/** A port that is taken. */
async function takenPort(): Promise<number> {
  const server = createServer((_, response) => response.end('other')).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await new Promise(resolve => server.once('listening', resolve))
  return (server.address() as AddressInfo).port
}

describe('a need', () => {
  it('is started before the service, is handed over, and its CPU is measured', async () => {
    const fields = `${SHORT} gates: { 'needs.upstream.cpu': '+900%' },`
    const ended = await run(await project(`${NEED}, ready: '/up'`, {}, fields), '--rounds', '2')
    expect(ended).toMatchObject({ exitCode: 0, ...NOTHING })
    expect(ended.stdout).toMatch(/CPU of upstream/)
    const { rounds, needs, plan } = recordIn(ended.output)
    expect(needs).toEqual([{ name: 'upstream' }])
    expect(plan.gates).toMatchObject([{ metric: 'needs.upstream.cpu', margin: 9 }])
    for (const { timed } of rounds.flatMap(({ launches }) => launches)) {
      expect(timed['needs.upstream.cpu']!.length).toBe(timed.requests!.length)
      expect(timed['needs.upstream.cpu']!.every(cpu => cpu! > 0)).toBe(true)
    }
  })

  it.each([
    ['run', ['start', 'seed', 'reset']],
    ['round', ['start', 'seed', 'start', 'seed']],
    ['variant', ['start', 'seed', 'start', 'seed', 'reset', 'reset']],
  ])('per %s is started, seeded and reset in this order', async (per, order) => {
    const log = (word: string) =>
      `import { appendFileSync } from 'node:fs'; appendFileSync('log', '${word} ')`
    const reset = per === 'round' ? '' : "reset: ['node', 'reset.js'],"
    const directory = await project(`${NEED}, per: '${per}', ${reset} seed: ['node', 'seed.js']`, {
      'upstream.js': upstream(undefined, log('start')),
      'seed.js': `${log('seed')}; if (await (await fetch(process.env.UPSTREAM_URL)).text() !== 'Hello') process.exit(1)`,
      'reset.js': `${log('reset')}; process.env.UPSTREAM_PORT > 0 || process.exit(1)`,
      log: '',
    })
    expect(await run(directory, '--rounds', '2')).toMatchObject({ exitCode: 0, ...NOTHING })
    expect(readFileSync(`${directory}/log`, 'utf8').trim().split(' ')).toEqual(order)
  })

  it('gets the variables of those before it; the service gets those that the scenario chooses', async () => {
    const directory = await folderWith({
      'service.js': service('response.end(await (await fetch(process.env.FRONT)).text())'),
      'upstream.js': upstream(),
      'front.js': service('response.end(await (await fetch(process.env.BACK_URL)).text())'),
      'demo.js': scenario(
        SHORT,
        `needs: {
          back: { ${NEED}, per: 'round' },
          front: { command: ['node', 'front.js', '{{port}}'], env: { FRONT: 'http://{{host}}:{{port}}/x' } },
        }`,
      ),
    })
    expect(await run(directory, '--rounds', '2')).toMatchObject({ exitCode: 0, ...NOTHING })
  })

  it.each([
    [
      'a line of its output',
      'ready: { log: /^ready at \\d+/ }',
      'setTimeout(() => console.log("ready at 1"), 200)',
    ],
    ['a command', "ready: { command: ['node', 'asks.js'] }", ''],
  ])('is ready when %s says so', async (_, ready, before) => {
    const directory = await project(`${NEED}, ${ready}`, {
      'upstream.js': upstream(undefined, before),
      'asks.js': 'process.exitCode = (await fetch(process.env.UPSTREAM_URL)).ok ? 0 : 1',
    })
    expect(await run(directory, '--rounds', '1')).toMatchObject({ exitCode: 0, ...NOTHING })
  })
})

describe('a need that fails', () => {
  const ENDS = "console.log('no licence'); process.exit(7)"
  it.each<[string, string, Record<string, string>, RegExp[]]>([
    [
      'does not start',
      NEED,
      { 'upstream.js': ENDS },
      [/need `upstream` ended \(code 7\) before it was ready/, /no licence/],
    ],
    [
      'has no program',
      "command: ['no-such-program']",
      {},
      [/need `upstream` ended \(code 127\)/, /no-such-program/],
    ],
    [
      'is never ready',
      `${NEED}, ready: '/health', timeout: 700`,
      { 'upstream.js': upstream('response.writeHead(503).end()') },
      [
        /need `upstream` was not ready within 700 ms: \/health did not answer 2xx or 3xx/,
        /`timeout` of the need/,
      ],
    ],
    [
      'listens elsewhere',
      `${NEED}, timeout: 1_000`,
      { 'upstream.js': "import { createServer } from 'node:http'; createServer().listen(0, '127.0.0.1')" },
      [/need `upstream` listens on 127\.0\.0\.1:\d+, but not on 127\.0\.0\.1:\d+/, /process\.env\.PORT/],
    ],
    [
      'has a seed that fails',
      `${NEED}, seed: ['node', 'seed.js']`,
      { 'seed.js': "throw new Error('no such table')" },
      [/The seed of the need `upstream` failed: it ended \(code 1\)/, /no such table/, /by hand/],
    ],
  ])('and %s ends the run with one clear message', async (_, need, files, said) => {
    const ended = await run(await project(need, files), '--rounds', '1')
    for (const pattern of said) expect(ended.stderr).toMatch(pattern)
    expect(ended.stderr).not.toMatch(/at .*\.ts:\d+/)
    expect(ended).toMatchObject({ exitCode: 3, stdout: '', ...NOTHING })
  })

  it('because its own port is taken is told so', async () => {
    const port = await takenPort()
    const files = {
      'upstream.js': `import { createServer } from 'node:http'; createServer().listen(${port}, '127.0.0.1')`,
    }
    const starts = await run(await project(NEED, files), '--rounds', '1')
    expect(starts.stderr).toMatch(
      /need `upstream` did not start: a port that it needs is in use\. Is it running already\?/,
    )
    expect(starts).toMatchObject({ exitCode: 3, ...NOTHING })
    const fixed = await run(await project(`${NEED}, port: ${port}`), '--rounds', '1')
    expect(fixed.stderr).toMatch(new RegExp(`cannot start: something listens on port ${port} already`))
    expect(fixed).toMatchObject({ exitCode: 3, ...NOTHING })
  })

  it('in the middle of a round costs that round, and is started again', async () => {
    const directory = await project(`${NEED}, reset: ['node', 'reset.js']`, {
      // Only the first reset finds no file.
      'reset.js':
        "import { existsSync, writeFileSync } from 'node:fs'; if (!existsSync('was')) { writeFileSync('was', ''); writeFileSync('end', '') }",
      'upstream.js': upstream(
        "if (++asked % 700 === 0 && existsSync('end')) { rmSync('end'); process.exit(9) }\n  response.end('Hello')",
        "import { existsSync, rmSync } from 'node:fs'\nlet asked = 0",
      ),
    })
    const ended = await run(directory, '--rounds', '2')
    expect(ended.stderr).toMatch(
      /Round 2 was lost: The need `upstream` ended \(code 9\) in the middle of round 2/,
    )
    expect(ended, ended.stderr).toMatchObject({ exitCode: 0, ...NOTHING })
    expect(recordIn(ended.output).rounds.map(({ index }) => index)).toEqual([1, 3])
  })

  it('to be reset in time costs the rounds after it; those before are kept', async () => {
    const fields = `limits: { reset: 300 }, ${SHORT}`
    const directory = await project(
      `${NEED}, reset: ['node', 'reset.js']`,
      { 'reset.js': 'setInterval(() => {}, 1_000)' },
      fields,
    )
    const ended = await run(directory, '--rounds', '3')
    expect(ended.stderr).toMatch(/The reset of the need `upstream` was not finished within 300 ms/)
    expect(ended.stderr + ended.stdout).toMatch(/`limits\.reset`|run broke off/)
    expect(ended).toMatchObject({ exitCode: 3, ...NOTHING })
    const { rounds, ending } = recordIn(ended.output)
    expect({ rounds: rounds.length, ending }).toEqual({ rounds: 1, ending: 'failed' })
  })
})

describe('nothing is left of a need', () => {
  it.each([
    ['SIGKILL', 'timed'],
    ['SIGINT', 'timed'],
    ['SIGKILL', 'warm-up'],
  ] as const)('after %s of the harness in %s', async (signal, stage) => {
    const directory = await project(NEED)
    const started = new Flamegate(['demo.js', '--quick', '--rounds', '2'], { directory })
    expect(await started.said(new RegExp(stage))).toBe(true)
    expect(started.processes().some(line => line.includes('upstream.js'))).toBe(true)
    started.child.kill(signal)
    expect(await started.processesLeft()).toEqual([])
  })

  it('when a seed is interrupted', async () => {
    const directory = await project(`${NEED}, seed: ['node', 'seed.js']`, {
      'seed.js':
        "import { writeFileSync } from 'node:fs'; writeFileSync('began', ''); setInterval(() => {}, 1_000)",
    })
    const started = new Flamegate(['demo.js', '--quick', '--rounds', '1'], { directory })
    while (!existsSync(`${directory}/began`) && started.running)
      await new Promise(resolve => setImmediate(resolve))
    started.child.kill('SIGINT')
    expect(await started.processesLeft()).toEqual([])
    expect((await started.ended()).exitCode).toBe(130)
  })
})

it('an unknown need in a gate is a usage error', async () => {
  const ended = await flamegate(['demo.js', '--gate', 'needs.upsteam.cpu<=+5%'], {
    directory: await project(NEED),
  })
  expect(ended.stderr).toMatch(/needs\.upsteam\.cpu/)
  expect(ended).toMatchObject({ exitCode: 2, left: [] })
})
