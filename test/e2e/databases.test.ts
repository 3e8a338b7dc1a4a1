/** The machine's own PostgreSQL and Redis, where they are installed. */
import { execFileSync } from 'node:child_process'
import { chmodSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { expect, it } from 'vitest'
import { readText } from '../../harness/kernel/proc.ts'
import { planNeeds } from '../../harness/plan/needs.ts'
import { postgres, redis } from '../../harness/scenario/needs.ts'
import { folderWith, worldIn } from '../plan/world.ts'
import { Flamegate, recordIn } from './flamegate.ts'
import { SHORT, scenario, service } from './project.ts'

/** The program of a server, if this machine has one. */
function programOf(need: ReturnType<typeof postgres>): string | undefined {
  const target = { name: '', command: [], directory: '/', needs: { it: need } }
  try {
    return planNeeds(target, [], worldIn('/', { environment: process.env }), '')?.[0]?.server
  } catch {
    return undefined
  }
}

const [postgresProgram, redisProgram] = [postgres(), redis()].map(programOf)

/** Speaks just enough of each protocol to see that the server is there, so that no client has to be installed. */
const ASKS = `import { connect } from 'node:net'
export const ask = (url, question) => new Promise((resolve, reject) => {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname, () => socket.end(question))
  socket.once('data', data => resolve(data.toString('latin1')))
  socket.once('error', reject)
})
`

async function measured(need: string, question: string, answer: string, extra = '') {
  const directory = await folderWith({
    'ask.js': ASKS,
    'service.js': service(
      `const answer = await ask(process.env.STORE_URL, ${question})\n  response.writeHead(${answer} ? 200 : 500).end()`,
      "import { ask } from './ask.js'",
    ),
    'demo.js': `import { postgres, redis } from '${new URL('../../harness/scenario/needs.ts', import.meta.url)}'
${scenario(`${SHORT} variants: { a: {}, b: {} }, gates: { 'needs.store.cpu': '+100%' },`, `needs: { store: ${need} }`)}`,
  })
  // PostgreSQL runs as another user than root, who has to reach its data.
  chmodSync(tmpdir(), 0o711)
  const started = new Flamegate(['demo.js', '--quick', '--rounds', '2', ...(extra ? [extra] : [])], {
    directory,
  })
  chmodSync(started.folder, 0o711)
  chmodSync(`${started.folder}/tmp`, 0o711)
  return started
}

/** Version, columns, and what is left. */
async function expectMeasured(started: Flamegate, program: string) {
  const ended = await started.ended()
  expect(ended.stderr).not.toMatch(/✖/)
  expect(ended).toMatchObject({ exitCode: 0, left: [] })
  expect(started.temporaryFiles()).toEqual([])
  const { needs, rounds } = recordIn(ended.output)
  const version = execFileSync(program, ['--version'], { encoding: 'utf8' })
  expect(version).toContain(needs![0]!.version)
  for (const { timed } of rounds.flatMap(({ launches }) => launches))
    expect(timed['needs.store.cpu']!.some(cpu => cpu! > 0)).toBe(true)
}

/** Keys of segments that no process uses. */
const sharedMemory = () =>
  readText('/proc/sysvipc/shm')
    .split('\n')
    .slice(1)
    .map(line => line.trim().split(/\s+/))
    .filter(columns => columns[6] === '0')
    .map(([key]) => key)

/** Protocol version 3.0 without a user: answered with an error, which begins with `E`. */
const HELLO = 'Buffer.from([0, 0, 0, 9, 0, 3, 0, 0, 0])'

it.skipIf(!postgresProgram)(
  'PostgreSQL is started, measured and leaves nothing (needs `postgres`)',
  async () => {
    const started = await measured('postgres()', HELLO, '/^E/.test(answer)')
    await expectMeasured(started, postgresProgram!)
  },
)

it.skipIf(!redisProgram)('Redis is started, measured and leaves nothing (needs `redis-server`)', async () => {
  const started = await measured('redis()', "'PING\\r\\n'", '/PONG/.test(answer)')
  await expectMeasured(started, redisProgram!)
})

it.skipIf(!postgresProgram)(
  'PostgreSQL is gone after the harness was killed (needs `postgres`)',
  async () => {
    const before = sharedMemory()
    const started = await measured('postgres()', HELLO, '/^E/.test(answer)')
    expect(await started.said(/warm-up/)).toBe(true)
    expect(started.processes().filter(line => /postgres/.test(line)).length).toBeGreaterThan(0)
    started.child.kill('SIGKILL')
    expect(await started.processesLeft()).toEqual([])
    expect(sharedMemory().filter(key => !before.includes(key))).toEqual([])
    while (readdirSync(`${started.folder}/tmp`).length > 1)
      await new Promise(resolve => setTimeout(resolve, 20))
  },
)
