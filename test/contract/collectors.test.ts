import { once } from 'node:events'
import { afterEach, describe, expect, it } from 'vitest'
import { KINDS } from '../../harness/analyze/kinds.ts'
import { loadCapabilities } from '../../harness/capabilities.ts'
import { connected, targetWithAgent } from '../agent/target.ts'

const { collectors } = await loadCapabilities()

let stop: () => Promise<void> = async () => {}
afterEach(() => stop())

it('each has a place of its own', () => {
  expect(new Set(collectors.map(({ order }) => order)).size).toBe(collectors.length)
})

describe.each(collectors)('collector $name', collector => {
  it('collects from a process under load, twice, and leaves it working', async () => {
    const target = await targetWithAgent()
    stop = target.stop
    const [port] = await once(target.child.stdout, 'data')
    const agent = await connected(target.server)
    for (let turn = 0; turn < 2; turn++) {
      await collector.start(agent)
      // Megabytes, so that samplers of the heap have something to see.
      for (let i = 0; i < 100; i++)
        await (await fetch(`http://127.0.0.1:${String(port).trim()}/size/50000`)).text()
      const { profile, figures } = await collector.stop(agent)
      expect(Object.keys(figures).length).toBeGreaterThan(0)
      for (const value of Object.values(figures)) expect(Number.isFinite(value)).toBe(true)
      if (!profile) continue
      expect(profile.samples.stack.length).toBeGreaterThan(0)
      expect([...KINDS.keys()]).toContain(profile.valueTypes.at(-1)!.type)
    }
    expect((await fetch(`http://127.0.0.1:${String(port).trim()}/`)).status).toBe(200)
  })

  it('fails with the name of the process when that has gone', async () => {
    const target = await targetWithAgent()
    stop = target.stop
    const agent = await connected(target.server)
    target.child.kill('SIGKILL')
    await expect(collector.start(agent)).rejects.toThrow(`process ${agent.pid}`)
  })
})
