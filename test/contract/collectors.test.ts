import { once } from 'node:events'
import { afterEach, describe, expect, it } from 'vitest'
import { KINDS } from '../../harness/analyze/kinds.ts'
import { loadCapabilities } from '../../harness/capabilities.ts'
import { connected, targetWithAgent } from '../agent/target.ts'
import { folderWith } from '../plan/world.ts'

const { collectors } = await loadCapabilities()

let stop: () => Promise<void> = async () => {}
afterEach(() => stop())

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

describe.each(collectors)('collector $name', collector => {
  it('collects from a process under load, twice, and leaves it working', async () => {
    const target = await targetWithAgent()
    stop = target.stop
    const [port] = await once(target.child.stdout, 'data')
    const agent = await connected(target.server)
    const occasion = { variant: 'a', round: 1, folder: await folderWith({}) }
    for (let turn = 0; turn < 2; turn++) {
      await collector.start(agent, occasion)
      // Megabytes, so that samplers of the heap have something to see.
      for (let i = 0; i < 100; i++)
        await (await fetch(`http://127.0.0.1:${String(port).trim()}/size/50000`)).text()
      for (const value of Object.values((await collector.between?.(agent)) ?? {}))
        expect(value).toBeGreaterThan(0)
      const { profile, figures } = await collector.stop(agent, { from: [], to: [] }, occasion)
      expect(Object.keys(figures).length).toBeGreaterThan(0)
      for (const value of Object.values(figures)) expect(Number.isFinite(value)).toBe(true)
      if (!profile) continue
      if (profile.valueTypes.at(-1)!.type !== 'stall') expect(profile.samples.stack.length).toBeGreaterThan(0)
      expect([...KINDS.keys()]).toContain(profile.valueTypes.at(-1)!.type)
    }
    expect((await fetch(`http://127.0.0.1:${String(port).trim()}/`)).status).toBe(200)
  })

  it('fails with the name of the process when that has gone', async () => {
    const target = await targetWithAgent()
    stop = target.stop
    const agent = await connected(target.server)
    target.child.kill('SIGKILL')
    const occasion = { variant: 'a', round: 1, folder: await folderWith({}) }
    await expect(collector.start(agent, occasion)).rejects.toThrow(`process ${agent.pid}`)
  })
})
