/** What real requests of a real service wait for, each route for one thing. */
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import waits from '../../harness/collectors/waits.ts'
import type { Agent } from '../../harness/measure/driver/agent/server.ts'
import type { Stretches } from '../../harness/model/capabilities.ts'
import type { FollowedRequests } from '../../harness/model/waits.ts'
import { timesOf } from '../../harness/waits/times.ts'
import { connected, occasionIn, targetWithAgent } from './target.ts'

const SERVICE = fileURLToPath(new URL('../fixtures/waits.js', import.meta.url))
/** Requests per second that nobody sends. */
const ALL = 1e9
const now = () => Number(process.hrtime.bigint()) / 1e3

let stop: () => Promise<void>
let agent: Agent
let origin: string

beforeAll(async () => {
  const target = await targetWithAgent({ args: [SERVICE] })
  stop = target.stop
  const [port] = await once(target.child.stdout, 'data')
  origin = `http://127.0.0.1:${String(port).trim()}`
  agent = await connected(target.server)
})
afterAll(() => stop())

/** Follows every one of some requests, or fewer per second, so many at a time. */
async function follow(route: string, times = 6, together = 1, perSecond = ALL) {
  const requests: Stretches = { from: [], to: [] }
  const ask = async () => {
    const from = now()
    const response = await fetch(`${origin}/${route}`)
    expect(await response.text()).toBe('ok')
    requests.from.push(from)
    requests.to.push(now())
  }
  await agent.waits(perSecond)
  for (let turn = 0; turn < times; turn++) await Promise.all(Array.from({ length: together }, ask))
  return { seen: await agent.waits(0), requests }
}

/** ms by kind of time, and by cause with the innermost named function of the service. */
function timesIn(seen: FollowedRequests, requests: Stretches): Record<string, number> {
  const times: Record<string, number> = {}
  for (const { kind, cause, stack, time } of timesOf(seen, requests).flatMap(({ parts }) => parts)) {
    const own = seen.stacks[stack]
      ?.map(at => seen.frames[at]!)
      .find(({ file, name }) => file.endsWith('waits.js') && name !== '')
    const key = cause === undefined ? kind : `${seen.causes[cause]!.kind} in ${own?.name}`
    times[key] = (times[key] ?? 0) + time
  }
  return times
}

/** Whatever else the machine does makes a request longer too, so waits are compared with each other. */
const waitsOf = (times: Record<string, number>) =>
  Object.entries(times).filter(([key]) => key.includes(' in '))

const sumOf = (entries: [string, number][]) => entries.reduce((sum, [, time]) => sum + time, 0)

describe('what a request waits for', () => {
  it.each([
    ['promiseTimer', 'timer in promiseTimer'],
    ['callbackTimer', 'timer in callbackTimer'],
    ['callbackOnly', 'timer in callbackOnly'],
    ['files', 'files in files'],
    ['laterFiles', 'files in laterFiles'],
    ['database', 'socket in database'],
    ['fetched', 'http in fetched'],
    ['requested', 'http in requested'],
    ['gotten', 'http in answer'],
    ['crypto', 'crypto in crypto'],
    ['childProcess', 'child process in childProcess'],
    ['worker', 'worker in worker'],
    ['both', 'socket in both'],
  ])('is found for %s', async (route, cause) => {
    const { seen, requests } = await follow(route)
    expect(seen.requests).toHaveLength(6)
    const times = timesIn(seen, requests)
    const waits = waitsOf(times)
    expect((times[cause] ?? 0) / sumOf(waits), JSON.stringify(times)).toBeGreaterThan(0.7)
    expect((times.unexplained ?? 0) / sumOf(Object.entries(times)), JSON.stringify(times)).toBeLessThan(0.05)
  })

  it('comes with the code that reads the answer', async () => {
    const { seen } = await follow('database')
    const readers = seen.causes.flatMap(({ kind, reader = -1 }) =>
      kind === 'socket' ? [seen.stacks[reader]?.map(at => seen.frames[at]!.name)] : [],
    )
    expect(readers).toEqual([expect.arrayContaining(['readAnswer'])])
  })

  it('is nothing for one that computes', async () => {
    const { seen, requests } = await follow('computation')
    const times = timesIn(seen, requests)
    expect(sumOf(waitsOf(times)) / times.own!, JSON.stringify(times)).toBeLessThan(0.1)
  })

  it('is not a thread of the pool where none is missing', async () => {
    const { seen, requests } = await follow('poolUnused')
    const times = timesIn(seen, requests)
    const files = Object.entries(times).filter(([key]) => key.startsWith('files'))
    expect(files.length).toBeGreaterThan(0)
    const parts = timesOf(seen, requests).flatMap(({ parts }) => parts)
    const queued = parts.filter(({ kind }) => kind === 'queue').reduce((sum, { time }) => sum + time, 0)
    expect(queued / sumOf(files), JSON.stringify(times)).toBeLessThan(0.2)
  })

  it('is another request, for one that has to wait until others let go', async () => {
    const { seen, requests } = await follow('locked', 2, 5)
    const times = timesIn(seen, requests)
    // Each of the five waits 15 ms for its own timer, and the last also 60 ms for the four before it.
    expect(
      times['another request in withLock']! / times['timer in withLock']!,
      JSON.stringify(times),
    ).toBeGreaterThan(1.4)
  })

  it('has the logical stack, with the callers that wait', async () => {
    const { seen } = await follow('locked', 1, 2)
    const names = seen.stacks.map(stack => stack.map(at => seen.frames[at]!.name))
    expect(
      names.some(it => it.indexOf('withLock') >= 0 && it.indexOf('answer') > it.indexOf('withLock')),
    ).toBe(true)
  })
})

describe('the watch', () => {
  it('leaves contexts and hooks that a service has itself alone', async () => {
    // The service answers with an error when they fail.
    const { seen, requests } = await follow('context', 4, 3)
    const times = timesIn(seen, requests)
    expect(times['timer in context'] ?? 0, JSON.stringify(times)).toBeGreaterThan(0)
  })

  it('follows a request that does too much in part, and says so', async () => {
    const { seen } = await follow('manyPromises', 2)
    expect(seen.requests.map(({ cut }) => cut)).toEqual([true, true])
    expect(seen.stacks.length).toBeLessThan(1_000)
    // What was remembered of it is gone, so the next one is followed whole.
    expect((await follow('database', 2)).seen.requests.map(({ cut }) => cut)).toEqual([false, false])
  })

  it('makes a profile whose classes add up to the latency', async () => {
    await waits.start(agent, occasionIn('/nowhere'))
    const requests: Stretches = { from: [], to: [] }
    for (let turn = 0; turn < 40; turn++) {
      const from = now()
      await (await fetch(`${origin}/database`)).text()
      requests.from.push(from)
      requests.to.push(now())
    }
    const { profile, figures } = await waits.stop(agent, requests, occasionIn('/nowhere'))
    expect(figures.seen).toBe(40)
    expect(figures.followed).toBeGreaterThan(0)
    const [typical] = profile!.samples.values
    const mean = typical!.reduce((sum, ns) => sum + ns, 0) / figures.typical! / 1e6
    const lengths = requests.to.map((end, at) => (end - requests.from[at]!) / 1e3)
    expect(mean).toBeGreaterThanOrEqual(Math.min(...lengths))
    expect(mean).toBeLessThanOrEqual(Math.max(...lengths))
  })

  it('sees the same of the few that it follows of many', async () => {
    const { seen, requests } = await follow('fetched', 60, 20, 20)
    expect(seen.requests.length).toBeGreaterThan(5)
    expect(seen.requests.length).toBeLessThan(seen.seen / 2)
    const waits = waitsOf(timesIn(seen, requests))
    const own = waits.filter(([key]) => key === 'http in fetched')
    expect(sumOf(own)).toBeGreaterThan(0.9 * sumOf(waits))
  })

  it('leaves the service as it was, and begins again', async () => {
    await agent.waits(ALL)
    await agent.waits(0)
    const { seen } = await follow('database', 3)
    expect(seen.requests).toHaveLength(3)
  })
})
