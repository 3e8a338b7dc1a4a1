import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { KINDS } from '../../harness/analyze/kinds.ts'
import { loadCapabilities } from '../../harness/capabilities.ts'
import { type CollectorTarget, collectorContract } from '../../harness/contract/index.ts'
import { connected, targetWithAgent } from '../agent/target.ts'
import { folderWith } from '../plan/world.ts'

const { collectors } = await loadCapabilities()

it('each has a place of its own', () => {
  expect(new Set(collectors.map(({ order }) => order)).size).toBe(collectors.length)
})

it('one that goes along with another has its place after it, and its batches are none', () => {
  for (const { along, batches, order } of collectors.filter(({ along }) => along !== undefined)) {
    const leader = collectors.find(({ name }) => name === along)
    expect(leader?.along).toBeUndefined()
    expect(order).toBeGreaterThan(leader!.order)
    expect(batches).toBeUndefined()
  }
})

/** A server with the agent, and a folder. */
async function launch(): Promise<CollectorTarget> {
  const target = await targetWithAgent()
  const [port] = await once(target.child.stdout, 'data')
  // Megabytes, so that samplers of the heap have something to see.
  const ask = () => fetch(`http://127.0.0.1:${String(port).trim()}/size/50000`).then(it => it.text())
  return {
    agent: await connected(target.server),
    folder: await folderWith({}),
    work: async () => {
      for (let i = 0; i < 100; i++) await ask()
    },
    kill: () => target.child.kill('SIGKILL'),
    stop: target.stop,
  }
}

describe.each(collectors)('collector $name', collector => {
  for (const { name, run } of collectorContract(collector, launch)) it(name, run)

  it('gives profiles of a kind that can be compared', async () => {
    const { agent, folder, work, stop } = await launch()
    const occasion = { variant: 'a', round: 1, folder }
    try {
      await collector.start(agent, occasion)
      await work()
      const { profile } = await collector.stop(agent, { from: [], to: [] }, occasion)
      if (!profile) return
      const { type } = profile.valueTypes.at(-1)!
      if (type !== 'stall') expect(profile.samples.stack.length).toBeGreaterThan(0)
      expect([...KINDS.keys()]).toContain(type)
    } finally {
      await stop()
    }
  })

  it('names the process that has ended', async () => {
    const { agent, folder, kill, stop } = await launch()
    try {
      kill()
      const started = collector.start(agent, { variant: 'a', round: 1, folder })
      await expect(started).rejects.toThrow(`process ${agent.pid}`)
    } finally {
      await stop()
    }
  })
})
