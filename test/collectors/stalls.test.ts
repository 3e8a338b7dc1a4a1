/** What is said to have held up the loop, on a real process that is held up, and on literals. */
import { once } from 'node:events'
import { afterEach, describe, expect, it } from 'vitest'
import stalls, { stallProfile } from '../../harness/collectors/stalls.ts'
import type { Stretches } from '../../harness/model/capabilities.ts'
import { buildCallTree, functionTable, ProfileBuilder } from '../../harness/profile/index.ts'
import { connected, occasionIn, targetWithAgent } from '../agent/target.ts'

let stop: () => Promise<void> = async () => {}
afterEach(() => stop())

const OCCASION = occasionIn('/nowhere')
const now = () => Number(process.hrtime.bigint()) / 1e3

describe('a process whose loop is blocked', () => {
  it('names the function that blocked it, with the time of all requests that waited', async () => {
    const target = await targetWithAgent()
    stop = target.stop
    const [port] = await once(target.child.stdout, 'data')
    const agent = await connected(target.server)
    const requests: Stretches = { from: [], to: [] }
    const ask = async (path: string) => {
      requests.from.push(now())
      await (await fetch(`http://127.0.0.1:${String(port).trim()}/${path}`)).text()
      requests.to.push(now())
    }
    await stalls.start(agent, OCCASION)
    for (let turn = 0; turn < 5; turn++) await Promise.all([ask('block/40'), ask('ok'), ask('ok')])
    const { profile, figures } = await stalls.stop(agent, requests, OCCASION)
    expect(figures.stalls).toBeGreaterThanOrEqual(5)
    expect(figures.stalled).toBeGreaterThanOrEqual(5 * 40)
    const tree = buildCallTree([profile!])
    const { total } = functionTable(tree)
    const held = tree.frames.findIndex(({ name }) => name === 'block')
    const whole = tree.self[0]!.reduce((sum, ns) => sum + ns, 0)
    expect(total[0]![held]).toBeGreaterThan(whole / 2)
    // One request at least is on its way while its own work is done.
    expect(total[0]![held]!).toBeGreaterThan(5 * 40e6 * 0.5)
  })
})

/** A sample a millisecond, of one function a second long. */
const profile = () => {
  const builder = new ProfileBuilder([
    { type: 'samples', unit: 'count' },
    { type: 'cpu', unit: 'nanoseconds' },
  ])
  const work = builder.stack(-1, builder.location(builder.function('work')))
  for (let at = 0; at < 1000; at++) builder.sample(work, [1, 1e6], undefined, at)
  return builder.build()
}

const waited = (stretches: Stretches, requests: Stretches, start = 5e6) =>
  stallProfile(profile(), start, stretches, requests).samples.values[1]!.reduce((sum, ns) => sum + ns, 0) /
  1e6

describe('the weight of a stall', () => {
  const stalled = { from: [5_100_500], to: [5_120_500] }

  it('is its time for every request that was on its way', () => {
    expect(waited(stalled, { from: [5_000_000, 5_050_000], to: [5_200_000, 5_300_000] })).toBe(40)
    // One comes in the middle, one has its answer before.
    expect(waited(stalled, { from: [5_110_500, 5_000_000], to: [5_200_000, 5_100_000] })).toBe(10)
  })

  it('is zero outside of stalls, and when no request waits', () => {
    expect(waited({ from: [], to: [] }, { from: [5_000_000], to: [6_000_000] })).toBe(0)
    expect(waited(stalled, { from: [], to: [] })).toBe(0)
    expect(waited(stalled, { from: [5_000_000], to: [6_000_000] }, 9e6)).toBe(0)
  })
})
