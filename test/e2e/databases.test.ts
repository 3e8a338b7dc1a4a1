/** The machine's own PostgreSQL and Redis, where they are installed. */
import { execFileSync } from 'node:child_process'
import { chmodSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { expect, it } from 'vitest'
import { readText } from '../../harness/kernel/proc.ts'
import { postgres, redis } from '../../harness/scenario/needs.ts'
import { programOf } from '../databases.ts'
import { folderWith } from '../plan/world.ts'
import { Flamegate, recordIn } from './flamegate.ts'
import { askingProject, TO_POSTGRES, TO_REDIS } from './project.ts'

const [postgresProgram, redisProgram] = [postgres(), redis()].map(programOf)

async function measured(need: string, question: string, answer: string, extra = '') {
  const directory = await folderWith(askingProject(need, question, answer))
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

it.skipIf(!postgresProgram)(
  'PostgreSQL is started, measured and leaves nothing (needs `postgres`)',
  async () => {
    const started = await measured('postgres()', ...TO_POSTGRES)
    await expectMeasured(started, postgresProgram!)
  },
)

it.skipIf(!redisProgram)('Redis is started, measured and leaves nothing (needs `redis-server`)', async () => {
  const started = await measured('redis()', ...TO_REDIS)
  await expectMeasured(started, redisProgram!)
})

it.skipIf(!postgresProgram)(
  'PostgreSQL is gone after the harness was killed (needs `postgres`)',
  async () => {
    const before = sharedMemory()
    const started = await measured('postgres()', ...TO_POSTGRES)
    expect(await started.said(/warm-up/)).toBe(true)
    expect(started.processes().filter(line => /postgres/.test(line)).length).toBeGreaterThan(0)
    started.child.kill('SIGKILL')
    expect(await started.processesLeft()).toEqual([])
    expect(sharedMemory().filter(key => !before.includes(key))).toEqual([])
    while (readdirSync(`${started.folder}/tmp`).length > 1)
      await new Promise(resolve => setTimeout(resolve, 20))
  },
)
