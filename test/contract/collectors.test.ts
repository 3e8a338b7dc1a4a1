import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { VALUE_TYPES } from '../../harness/analyze/value-types.ts'
import { loadCapabilities } from '../../harness/capabilities.ts'
import { type CollectorTarget, collectorContract } from '../../harness/contract/index.ts'
import { triedKernelView } from '../../harness/kernel/kernel-view.ts'
import { Helpers } from '../../harness/measure/driver/collect/helper-processes.ts'
import type { AgentCollector, Collector } from '../../harness/model/capabilities.ts'
import { connected, occasionIn, targetWithAgent } from '../agent/target.ts'
import { folderWith } from '../plan/world.ts'

const { collectors } = await loadCapabilities()

it('each has a place of its own', () => {
  expect(new Set(collectors.map(({ order }) => order)).size).toBe(collectors.length)
})

it.each(collectors)('$name has the name of its file, by which the driver finds it', async ({ name }) => {
  const { default: found } = await import(`../../harness/collectors/${name}.ts`)
  expect(found.name).toBe(name)
})

it('one that shares the slices of another comes after it, and has no batches', () => {
  for (const { along, batches, order } of collectors.filter(({ along }) => along !== undefined)) {
    const leader = collectors.find(({ name }) => name === along)
    expect(leader?.along).toBeUndefined()
    expect(order).toBeGreaterThan(leader!.order)
    expect(batches).toBeUndefined()
  }
})

/** A server with the agent, and a folder. */
async function start(): Promise<CollectorTarget> {
  const target = await targetWithAgent()
  const [port] = await once(target.child.stdout, 'data')
  // Megabytes, so that samplers of the heap have something to see.
  const ask = () => fetch(`http://127.0.0.1:${String(port).trim()}/size/50000`).then(it => it.text())
  const agent = await connected(target.server)
  const helpers = new Helpers()
  return {
    agent,
    helper: (command, ready) => helpers.start(command, '', ready),
    launch: { pid: agent.pid, processes: () => [agent.pid] },
    folder: await folderWith({}),
    work: async () => {
      for (let i = 0; i < 100; i++) await ask()
    },
    kill: () => target.child.kill('SIGKILL'),
    stop: async () => {
      await helpers.end()
      await target.stop()
    },
  }
}

const KERNEL_VIEW = ['off-cpu', 'system']
const [unsure, sure] = [true, false].map(isUnsure =>
  collectors.filter(({ name }) => KERNEL_VIEW.includes(name) === isUnsure),
) as [Collector[], Collector[]]

describe.each(sure)('collector $name', collector => {
  for (const { name, run } of collectorContract(collector, start)) it(name, run)
})

const { lacks } = triedKernelView()
const skipped = lacks.length > 0 ? ` (skipped: ${lacks.join('; ')})` : ''

describe.skipIf(skipped !== '').each(unsure)(`collector $name${skipped}`, collector => {
  for (const { name, run } of collectorContract(collector, start)) it(name, run)
})

describe.each(collectors.filter(({ scope }) => scope === 'agent'))(
  'collector $name of an agent',
  collector => {
    const probe = collector as AgentCollector

    it('brings back profiles of a type that is known', async () => {
      const { agent, folder, work, stop } = await start()
      const occasion = occasionIn(folder)
      try {
        await probe.start(agent, occasion)
        await work()
        const { profile } = await probe.stop(agent, { from: [], to: [] }, occasion)
        if (!profile) return
        const { type } = profile.valueTypes.at(-1)!
        if (type !== 'stall') expect(profile.samples.stack.length).toBeGreaterThan(0)
        expect(Object.keys(VALUE_TYPES)).toContain(type)
      } finally {
        await stop()
      }
    })

    it('names the process that has ended', async () => {
      const { agent, folder, kill, stop } = await start()
      try {
        kill()
        await expect(probe.start(agent, occasionIn(folder))).rejects.toThrow(`process ${agent.pid}`)
      } finally {
        await stop()
      }
    })
  },
)
