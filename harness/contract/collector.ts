import assert from 'node:assert/strict'
import type { AgentLink, Collector } from '../model/capabilities.ts'
import type { Check } from './check.ts'

/** A process with the agent. */
export interface CollectorTarget {
  agent: AgentLink
  /** An existing folder for files. */
  folder: string
  /** Keeps the process busy for some milliseconds. */
  work(): Promise<unknown>
  /** Ends the process at once. */
  kill(): unknown
  stop(): unknown
}

/** @param launch starts a process; each check has one of its own */
export function collectorContract(collector: Collector, launch: () => Promise<CollectorTarget>): Check[] {
  const inTarget = async (run: (target: CollectorTarget) => Promise<void>) => {
    const target = await launch()
    try {
      await run(target)
    } finally {
      await target.stop()
    }
  }
  return [
    {
      name: 'collects finite figures from a process under load, twice, and leaves it working',
      run: () =>
        inTarget(async ({ agent, folder, work }) => {
          const occasion = { variant: 'a', round: 1, folder }
          for (let turn = 0; turn < 2; turn++) {
            await collector.start(agent, occasion)
            await work()
            for (const value of Object.values((await collector.between?.(agent)) ?? {})) assert.ok(value! > 0)
            const { figures } = await collector.stop(agent, { from: [], to: [] }, occasion)
            assert.ok(Object.keys(figures).length > 0)
            for (const value of Object.values(figures)) assert.ok(Number.isFinite(value))
          }
          await work()
        }),
    },
    {
      name: 'fails when the process has ended',
      run: () =>
        inTarget(async ({ agent, folder, kill }) => {
          await kill()
          await assert.rejects(async () => collector.start(agent, { variant: 'a', round: 1, folder }))
        }),
    },
  ]
}
