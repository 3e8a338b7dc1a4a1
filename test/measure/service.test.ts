import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ProcessTree } from '../../harness/kernel/process-tree.ts'
import { processState, stateOf } from '../../harness/kernel/processes.ts'
import { newIdentity, Service } from '../../harness/measure/harness/service.ts'
import type { Plan } from '../../harness/model/plan.ts'

const fixture = (name: string) => join(import.meta.dirname, '../fixtures', name)

function start(args: string[], gracefulShutdown = 200) {
  const variant = {
    id: 'a',
    label: 'a',
    command: [process.execPath, ...args],
    directory: '/',
    environment: {},
    node: '',
  }
  const plan = { target: { gracefulShutdown }, warmup: {} } as Plan
  const setting = {
    identity: newIdentity(),
    address: { port: '0', origin: '' },
    plan,
    socket: '',
    environment: process.env,
  }
  return new Service(variant, setting)
}

const alive = (pid: number) => {
  try {
    return process.kill(pid, 0) && stateOf(pid) !== 'Z'
  } catch {
    return false
  }
}

const parentOf = (pid: number) => processState(pid)?.parent

async function pidsOf(service: Service): Promise<number[]> {
  for (;;) {
    const pids = /(\d+) (\d+)$/.exec(service.lastWords)
    if (pids) return [Number(pids[1]), Number(pids[2])]
    await new Promise(resolve => setImmediate(resolve))
  }
}

describe('a service', () => {
  it.each([['family.js'], ['family.js', 'stubborn']])(
    'is stopped with a child that ignores SIGTERM: %s %s',
    async (file, ...rest) => {
      const service = start([fixture(file), ...rest])
      const pids = await pidsOf(service)
      expect(pids.map(alive)).toEqual([true, true])
      await service.stop()
      expect(pids.map(alive)).toEqual([false, false])
    },
  )

  it.skipIf(!ProcessTree.supported)('is stopped with a daemon that has left its session', async () => {
    const service = start([fixture('daemon.js')])
    const pids = await pidsOf(service)
    expect(pids.map(alive)).toEqual([true, true])
    expect(parentOf(pids[1]!)).not.toBe(pids[0])
    await service.stop()
    expect(pids.map(alive)).toEqual([false, false])
  })

  it('is stopped when it is suspended by SIGSTOP', async () => {
    const service = start([fixture('family.js')])
    const pids = await pidsOf(service)
    process.kill(pids[0]!, 'SIGSTOP')
    await service.stop()
    expect(pids.map(alive)).toEqual([false, false])
  })

  it('keeps the end of what it printed, however much that is', async () => {
    const service = start(['-e', 'for (let i = 0; i < 100000; i++) console.log("line " + i)'])
    while (!service.ending || !service.lastWords.includes('99999'))
      await new Promise(resolve => setImmediate(resolve))
    expect(service.lastWords).toMatch(/line 99999$/)
    expect(service.lastWords.length).toBeLessThan(10_000)
  })

  it('says how it ended', async () => {
    const service = start(['-e', 'console.error("no database"); process.exit(7)'])
    while (!service.ending) await new Promise(resolve => setImmediate(resolve))
    expect(service.ending).toEqual({ code: 7, signal: null })
    const failure = service.failure('ended.', 'Look.')
    expect(failure).toMatchObject({ message: 'Variant `a` ended.', advice: 'Look.' })
    expect(failure.details).toContain('no database')
  })

  it('can be stopped after it has ended', async () => {
    const service = start(['-e', ''])
    while (!service.ending) await new Promise(resolve => setImmediate(resolve))
    await service.stop()
  })
})
