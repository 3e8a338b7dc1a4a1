import { setImmediate as turnOfLoop } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { Burst } from '../../harness/loaders/burst.ts'
import { Pacer } from '../../harness/loaders/pacer.ts'

/** A loop that is open for so many arrivals, half a millisecond apart, each of them answered as soon as it is sent. */
async function run(arrivals: number, work: () => void): Promise<{ sent: number[]; share: number }> {
  const sent: number[] = []
  const begin = performance.now()
  const { promise, resolve } = Promise.withResolvers<void>()
  const pacer = new Pacer({
    times: Float64Array.from({ length: arrivals }, (_, at) => at / 2),
    begin,
    send(index) {
      work()
      sent.push(index)
    },
    waiting: () => true,
    left: () => arrivals - sent.length,
  })
  const look = () => {
    if (sent.length < arrivals) return setImmediate(look)
    return setImmediate(resolve)
  }
  pacer.start()
  look()
  await promise
  pacer.stop()
  return { sent, share: pacer.spun / (performance.now() - begin) }
}

test('sends everything once, in order', async () => {
  const { sent } = await run(40, () => {})
  expect(sent).toEqual(Array.from({ length: 40 }, (_, at) => at))
})

test('a loop that works is not taken for one that waits, though as much comes back as is sent', async () => {
  const { share } = await run(40, () => {
    for (const until = performance.now() + 1; performance.now() < until; );
  })
  expect(share).toBeLessThan(0.5)
})

test('a loop that has nothing to do counts that as waiting', async () => {
  const { share } = await run(100, () => {})
  expect(share).toBeGreaterThan(0.5)
})

describe('answers that are there together', () => {
  const idle = { times: new Float64Array(), begin: 0, send() {}, left: () => 1 }
  const work = () => {
    for (const until = performance.now() + 1; performance.now() < until; );
  }

  test('were heard of at the same time, however long each of them takes', async () => {
    const pacer = new Pacer({ ...idle, waiting: () => true })
    pacer.start()
    expect(pacer.lag()).toBe(0)
    work()
    expect(pacer.lag()).toBeGreaterThanOrEqual(1)
    await turnOfLoop()
    expect(pacer.lag()).toBe(0)
    pacer.stop()
  })

  test('are heard of one by one where no turn of the loop tells them apart', () => {
    const pacer = new Pacer({ ...idle, waiting: () => false })
    pacer.start()
    pacer.lag()
    work()
    expect(pacer.lag()).toBe(0)
    pacer.stop()
  })

  test('have come meanwhile if they are longer than one read', () => {
    const burst = new Burst(1, 1, { latency() {}, failed() {} }, () => {})
    burst.lag = () => 5
    expect(burst.lagOf(65_535)).toBe(5)
    expect(burst.lagOf(65_536)).toBe(0)
  })
})
