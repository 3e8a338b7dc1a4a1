/** Cluster workers and worker threads are profiled with the process that started them. */
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, it } from 'vitest'
import cpu from '../../harness/collectors/cpu.ts'
import { decodePprof } from '../../harness/formats/index.ts'
import { merged } from '../../harness/measure/driver/collect/finish.ts'
import { buildCallTree, functionTable } from '../../harness/profile/index.ts'
import { occasionIn, targetWithAgent } from '../agent/target.ts'

const FIXTURE = fileURLToPath(new URL('../fixtures/many.js', import.meta.url))
const OCCASION = occasionIn('/nowhere')

let stop: () => Promise<void> = async () => {}
afterEach(() => stop())

it.each([
  ['cluster', 3, 3],
  ['threads', 2, 1],
])('%s', async (kind, threads, processes) => {
  const target = await targetWithAgent({ args: [FIXTURE, kind] })
  stop = target.stop
  const [port] = await once(target.child.stdout, 'data')
  while (target.server.of('secret').length < threads) await new Promise(resolve => setImmediate(resolve))
  const agents = target.server.of('secret')
  expect(agents.length).toBe(threads)
  expect(new Set(agents.map(({ pid }) => pid)).size).toBe(processes)
  await Promise.all(agents.map(agent => cpu.start(agent, OCCASION)))
  for (let turn = 0; turn < 20; turn++)
    await Promise.all(
      Array.from({ length: 4 }, async () =>
        (
          await fetch(`http://127.0.0.1:${String(port).trim()}/`, { headers: { connection: 'close' } })
        ).text(),
      ),
    )
  const collected = await Promise.all(agents.map(agent => cpu.stop(agent, { from: [], to: [] }, OCCASION)))

  const worked = collected.map(({ profile }) => {
    const tree = buildCallTree([profile!])
    const at = tree.frames.findIndex(({ name }) => name === 'workOfMany')
    return at === -1 ? 0 : functionTable(tree).total[0]![at]!
  })
  // The process that only starts or forwards has none of it; each of the others has its part.
  expect(worked.filter(time => time > 0).length).toBe(threads - 1)
  const profile = decodePprof(Buffer.from(merged(collected, cpu, {}).profile!, 'base64'))
  const tree = buildCallTree([profile])
  const whole = functionTable(tree).total[0]![tree.frames.findIndex(({ name }) => name === 'workOfMany')]!
  expect(whole / worked.reduce((sum, time) => sum + time, 0)).toBeCloseTo(1, 3)
})
