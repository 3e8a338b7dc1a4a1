/** Collectors of memory on a real process that forgets some objects and keeps others. */
import { once } from 'node:events'
import { afterEach, expect, it } from 'vitest'
import allocation from '../../harness/collectors/allocation.ts'
import gc from '../../harness/collectors/gc.ts'
import heap from '../../harness/collectors/heap.ts'
import type { AgentCollector } from '../../harness/model/capabilities.ts'
import type { Profile } from '../../harness/model/profile.ts'
import { buildCallTree, functionTable } from '../../harness/profile/index.ts'
import { connected, occasionIn, targetWithAgent } from '../agent/target.ts'

let stop: () => Promise<void> = async () => {}
afterEach(() => stop())

const REQUESTS = 20
const OBJECTS = 20_000
const OCCASION = occasionIn('/nowhere')
/** Two numbers and a header at least, twenty bytes with compressed pointers. */
const LEAST = REQUESTS * OBJECTS * 20

async function collected(collector: AgentCollector) {
  const target = await targetWithAgent()
  stop = target.stop
  const [port] = await once(target.child.stdout, 'data')
  const agent = await connected(target.server)
  await collector.start(agent, OCCASION)
  for (let i = 0; i < REQUESTS; i++)
    for (const word of ['churn', 'keep'])
      await (await fetch(`http://127.0.0.1:${String(port).trim()}/${word}/${OBJECTS}`)).text()
  return collector.stop(agent, { from: [], to: [] }, OCCASION)
}

function totalOf(profile: Profile | undefined, name: string): number {
  const tree = buildCallTree([profile!])
  const { total } = functionTable(tree)
  return tree.frames.reduce((sum, frame, at) => (frame.name === name ? sum + total[0]![at]! : sum), 0)
}

it('allocation includes what was dropped and what was kept', async () => {
  const { profile, figures } = await collected(allocation)
  const [churn, keep] = [totalOf(profile, 'churn'), totalOf(profile, 'keep')]
  expect(Math.min(churn, keep)).toBeGreaterThan(LEAST / 2)
  expect(churn + keep).toBeLessThanOrEqual(figures.sampled!)
})

it('the live heap has only what was kept, and adds up to everything that is alive', async () => {
  const { profile, figures } = await collected(heap)
  const keep = totalOf(profile, 'keep')
  expect(keep).toBeGreaterThan(LEAST / 2)
  expect(totalOf(profile, 'churn')).toBeLessThan(keep / 10)
  expect(keep + totalOf(profile, '(no stack known)')).toBeLessThanOrEqual(figures.live!)
  expect(totalOf(profile, '(no stack known)')).toBeGreaterThan(2 ** 20)
})

it('every pause has its kind, its duration, and the heap around it', async () => {
  const { pauses, figures } = await collected(gc)
  expect(pauses!.kind).toContain('Scavenge')
  expect(figures.count).toBe(pauses!.kind.length)
  for (const column of [pauses!.duration, pauses!.before, pauses!.after, pauses!.at!]) {
    expect(column.length).toBe(pauses!.kind.length)
    expect(Math.min(...column)).toBeGreaterThan(0)
  }
})
