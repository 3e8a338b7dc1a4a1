import assert from 'node:assert/strict'
import type { AgentLink, Collector, LaunchLink, Occasion, Probe } from '../model/capabilities.ts'
import { type Check, check } from './check.ts'

/** A process with the agent. */
export interface CollectorTarget {
  agent: AgentLink
  /** The same process as the operating system sees it. */
  launch: LaunchLink
  /** An existing folder for files. */
  folder: string
  /** Starts a helper process; needed only by a collector that has one. */
  helper?: Occasion['helper']
  /** Keeps the process busy for some milliseconds. */
  work(): Promise<unknown>
  /** Ends the process at once. */
  kill(): unknown
  stop(): unknown
}

/** @param start starts a process; each check has its own */
export function collectorContract(collector: Collector, start: () => Promise<CollectorTarget>): Check[] {
  const probe = collector as Probe<string, unknown>
  const checkIn = (name: string, run: (target: CollectorTarget) => Promise<void>) =>
    check(name, async () => {
      const target = await start()
      try {
        await run(target)
      } finally {
        await target.stop()
      }
    })
  const subjectOf = ({ agent, launch }: CollectorTarget) =>
    ({ agent, launch, machine: { launches: [launch] } })[collector.scope]
  return [
    checkIn(
      'collects finite figures from a process under load, twice, and leaves it working',
      async target => {
        const [subject, occasion] = [subjectOf(target), occasionOf(target)]
        for (let turn = 0; turn < 2; turn++) {
          await probe.start(subject, occasion)
          await target.work()
          for (const value of Object.values((await probe.between?.(subject)) ?? {})) assert.ok(value > 0)
          const { figures } = await probe.stop(subject, { from: [], to: [] }, occasion)
          assert.ok(Object.keys(figures).length > 0)
          for (const value of Object.values(figures)) assert.ok(Number.isFinite(value))
        }
        await target.work()
      },
    ),
    checkIn('fails when the agent that it needs is gone', async target => {
      if (collector.scope !== 'agent') return
      await target.kill()
      await assert.rejects(async () => probe.start(target.agent, occasionOf(target)))
    }),
  ]
}

const occasionOf = ({ folder, helper }: CollectorTarget): Occasion => ({
  variant: 'a',
  round: 1,
  folder,
  helper: helper ?? (() => Promise.reject(new Error('the target of this contract starts no helpers'))),
})
