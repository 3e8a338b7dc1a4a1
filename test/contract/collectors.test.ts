import { once } from 'node:events'
import { afterEach, describe, expect, it } from 'vitest'
import { KINDS } from '../../harness/analyze/kinds.ts'
import { loadCapabilities } from '../../harness/capabilities.ts'
import { Watch } from '../../harness/measure/driver/collect/watch.ts'
import type { Collector } from '../../harness/model/capabilities.ts'
import { limitsOf } from '../../harness/model/limits.ts'
import { connected, occasionIn, targetWithAgent } from '../agent/target.ts'
import { plan } from '../analyze/records.ts'
import { folderWith } from '../plan/world.ts'

const { collectors } = await loadCapabilities()

let stop: () => Promise<void> = async () => {}
afterEach(() => stop())

it('each has a place of its own', () => {
  expect(new Set(collectors.map(({ order }) => order)).size).toBe(collectors.length)
})

it('one that shares the slices of another comes after it, and has no batches', () => {
  for (const { along, batches, order } of collectors.filter(({ along }) => along !== undefined)) {
    const leader = collectors.find(({ name }) => name === along)
    expect(leader?.along).toBeUndefined()
    expect(order).toBeGreaterThan(leader!.order)
    expect(batches).toBeUndefined()
  }
})

/** A process with an agent, and the collector that watches it as its scope says. */
async function watched(collector: Collector) {
  const target = await targetWithAgent()
  stop = target.stop
  const [printed] = await once(target.child.stdout, 'data')
  const agent = await connected(target.server)
  const link = { pid: agent.pid, processes: () => [agent.pid] }
  const setting = [occasionIn(await folderWith({})), limitsOf(plan)] as const
  const watch =
    Watch.onLaunch(collector, { agents: [agent], link }, ...setting) ??
    Watch.onMachine(collector, [link], ...setting)
  return { watch: watch!, child: target.child, agent, url: `http://127.0.0.1:${String(printed).trim()}` }
}

describe.each(collectors)('collector $name', collector => {
  it('collects from a process under load, twice, and leaves it working', async () => {
    const { watch, url } = await watched(collector)
    for (let turn = 0; turn < 2; turn++) {
      await watch.start()
      // Megabytes, so that samplers of the heap have something to see.
      for (let i = 0; i < 100; i++) await (await fetch(`${url}/size/50000`)).text()
      for (const value of Object.values(await watch.levels())) expect(value).toBeGreaterThan(0)
      const [collected] = await watch.stop({ from: [], to: [] })
      const { profile, figures } = collected!
      expect(Object.keys(figures).length).toBeGreaterThan(0)
      for (const value of Object.values(figures)) expect(Number.isFinite(value)).toBe(true)
      if (!profile) continue
      if (profile.valueTypes.at(-1)!.type !== 'stall') expect(profile.samples.stack.length).toBeGreaterThan(0)
      expect([...KINDS.keys()]).toContain(profile.valueTypes.at(-1)!.type)
    }
    expect((await fetch(`${url}/`)).status).toBe(200)
  })

  it.runIf(collector.scope === 'agent')('names the process when that has ended', async () => {
    const { watch, child, agent } = await watched(collector)
    child.kill('SIGKILL')
    await expect(watch.start()).rejects.toThrow(`process ${agent.pid}`)
  })
})
