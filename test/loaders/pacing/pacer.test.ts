import { setImmediate as turnOfLoop } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Pacer } from '../../../harness/loaders/pacing/pacer.ts'
import { RunningSlice } from '../../../harness/loaders/slice.ts'

/** A loop with this many arrivals, half a millisecond apart, each answered as soon as it is sent. */
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

test('does not count a working loop as waiting when as much comes back as is sent', async () => {
  const { share } = await run(40, () => {
    for (const until = performance.now() + 1; performance.now() < until; );
  })
  expect(share).toBeLessThan(0.5)
})

test('counts a loop with nothing to do as waiting', async () => {
  const { share } = await run(100, () => {})
  expect(share).toBeGreaterThan(0.5)
})

test('looks for responses less often while nothing happens, and still sends on time', async () => {
  let clock = 100
  vi.spyOn(performance, 'now').mockImplementation(() => {
    // A microsecond for the work between two looks at the clock.
    clock += 0.001
    return clock
  })
  const turns = vi.spyOn(globalThis, 'setImmediate')
  const times = Float64Array.of(1, 1.0133, 2)
  const late: number[] = []
  const pacer = new Pacer({
    times,
    begin: 100,
    send: index => late.push(clock - 100 - times[index]!),
    waiting: () => true,
    left: () => 3 - late.length,
  })
  pacer.start()
  while (late.length < 3) await turnOfLoop()
  pacer.stop()
  expect(Math.max(...late)).toBeLessThan(0.003)
  // Ten microseconds each; without the rest there would be some 500 turns.
  expect(turns.mock.calls.length).toBeLessThan(250)
  expect(pacer.spun).toBeGreaterThan(1.9)
  vi.restoreAllMocks()
})

const work = () => {
  for (const until = performance.now() + 1; performance.now() < until; );
}

describe('responses that arrive together', () => {
  const idle = { times: new Float64Array(), begin: 0, send() {}, left: () => 1 }

  test('were heard of at the same time, however long each takes to handle', async () => {
    const pacer = new Pacer({ ...idle, waiting: () => true })
    pacer.start()
    expect(pacer.lag()).toBe(0)
    work()
    expect(pacer.lag()).toBeGreaterThanOrEqual(1)
    await turnOfLoop()
    expect(pacer.lag()).toBe(0)
    pacer.stop()
  })

  test('are heard of one by one when the loop does not turn', () => {
    const pacer = new Pacer({ ...idle, waiting: () => false })
    pacer.start()
    pacer.lag()
    work()
    expect(pacer.lag()).toBe(0)
    pacer.stop()
  })
})

describe('a response that the loop handles', () => {
  let clock = 100
  let pacer: Pacer

  beforeEach(() => {
    clock = 100
    vi.spyOn(performance, 'now').mockImplementation(() => clock)
    pacer = new Pacer({ times: new Float64Array(), begin: 0, send() {}, left: () => 1, waiting: () => true })
    pacer.start()
  })

  afterEach(() => {
    pacer.stop()
    vi.restoreAllMocks()
  })

  test('can have come at any time since the turn before the last look', async () => {
    clock = 100.1
    await turnOfLoop()
    expect(pacer.blind()).toBe(0)
    clock = 100.3
    pacer.lag()
    expect(pacer.blind()).toBeCloseTo(0.3)
    expect(pacer.paused()).toBe(0)
  })

  test('came after a pause if there was no sign of life for half a millisecond', async () => {
    await turnOfLoop()
    clock = 102
    pacer.lag()
    expect(pacer.paused()).toBeCloseTo(2)
    expect(pacer.blind()).toBeCloseTo(2)
  })

  test('came after no pause if the loop handled others; a pause is forgotten after two turns', async () => {
    await turnOfLoop()
    clock = 102
    for (; clock < 104; clock += 0.25) pacer.lag()
    await turnOfLoop()
    pacer.lag()
    expect(pacer.paused()).toBeCloseTo(2)
    expect(pacer.blind()).toBeCloseTo(4)
    await turnOfLoop()
    clock = 104.2
    pacer.lag()
    expect(pacer.paused()).toBe(0)
    expect(pacer.blind()).toBeCloseTo(0.2)
  })
})

describe('a response that the loop heard of 5 ms ago, after 2 ms in which it did not look', () => {
  const sliceWith = (listening?: RunningSlice['listening']) => {
    const slice = new RunningSlice(1, 1, { latency() {}, failed() {} }, () => {})
    slice.listening = listening
    return slice
  }
  const listening = { lag: () => 5, blind: () => 2, paused: () => 0 }

  test.each([
    ['counts as having come in the middle of those', 20, 14, 1],
    [
      'counts as having come between its request and the moment it was heard of, if sent in that time',
      6,
      0.5,
      0.5,
    ],
    ['took no time if its request was sent later than that', 4, 0, 0],
  ])('%s', (_, known, milliseconds, unsure) => {
    expect(sliceWith(listening).latency(100, known)).toEqual({ milliseconds, unsure })
  })

  test.each([
    ['counts as having come in the middle of the rest', 20, 13.75, 1.25],
    ['never took less than half of the time if its request was sent in between', 5.4, 0.2, 0.2],
  ])('%s, with a pause of half a millisecond', (_, known, latency, later) => {
    const { milliseconds, unsure } = sliceWith({ ...listening, paused: () => 0.5 }).latency(100, known)
    expect(milliseconds).toBeCloseTo(latency)
    expect(unsure).toBeCloseTo(later)
  })

  test('came after the last look, whatever pause was before', () => {
    expect(sliceWith({ ...listening, paused: () => 9 }).latency(100, 20).milliseconds).toBe(13)
  })

  test('came when it was handled if it is longer than one read', () => {
    expect(sliceWith(listening).latency(65_535, 20).milliseconds).toBe(14)
    expect(sliceWith(listening).latency(65_536, 20)).toEqual({ milliseconds: 20 })
  })

  test('came when it was handled if nobody listened', () => {
    expect(sliceWith().latency(100, 20)).toEqual({ milliseconds: 20 })
  })
})
