import fc from 'fast-check'
import { expect, test } from 'vitest'
import { RateSearch } from '../../harness/measure/driver/load/comfortable-rate.ts'

interface Generator {
  /** Nanoseconds that a request costs it, and those that it is busy in a second anyway. */
  request: number
  idle?: number
  /** Requests per second above which it sends late. */
  sends?: number
  /** Requests per second above which the service refuses some. */
  takes?: number
}

/** The search against a generator that behaves like this: what was tried, and what was found. */
function climb(
  capacity: number,
  { request, idle = 0, sends = Number.POSITIVE_INFINITY, takes = Number.POSITIVE_INFINITY }: Generator,
  waits = false,
) {
  const search = new RateSearch(capacity, waits)
  const tried: number[] = []
  for (let rate = search.next; rate !== undefined; rate = search.next) {
    tried.push(rate)
    search.add({
      cost: request + idle / rate,
      late: rate > sends ? 20_000 : 10,
      refused: rate > takes ? 0.3 : 0,
    })
  }
  return { tried, found: search.found, limit: search.limit }
}

test('a slow service gets 70 % of what it can handle', () => {
  expect(climb(100, { request: 30_000 })).toEqual({ tried: [70, 70], found: 70, limit: 'service' })
  expect(climb(4_000, { request: 30_000 })).toMatchObject({ found: 2_800, limit: 'service' })
})

test('a service that mostly waits gets 40 %, because its limit is a queue', () => {
  expect(climb(800, { request: 30_000 }, true)).toEqual({ tried: [320, 320], found: 320, limit: 'service' })
})

test('a service that refuses a rate gets one that it takes', () => {
  expect(climb(800, { request: 30_000, takes: 100 }, true)).toMatchObject({ found: 80, limit: 'service' })
  expect(climb(20_000, { request: 30_000, takes: 2_600 })).toMatchObject({ found: 2_000, limit: 'service' })
})

test('answers that are wrong at every rate say nothing about the rate', () => {
  expect(climb(800, { request: 30_000, takes: 0 }, true)).toMatchObject({ found: 320 })
})

test('a fast service gets what the generator handles comfortably, found from below', () => {
  // 30 % of the time, at 50 µs a request.
  expect(climb(56_000, { request: 50_000 })).toEqual({
    tried: [1_000, 1_000, 4_000, 6_000],
    found: 6_000,
    limit: 'generator',
  })
  // However fast the generator is: above that nobody has looked whether it sends in time.
  expect(climb(200_000, { request: 1_000 })).toMatchObject({ found: 8_000, limit: 'generator' })
})

test('a constant load on the generator makes the first trials careful, and the last one is right', () => {
  const { tried, found } = climb(56_000, { request: 20_000, idle: 1e8 })
  expect(tried[2]).toBeCloseTo(2_500)
  expect(found).toBeCloseTo(7_500)
})

test('a rate that is sent late twice is halved, and one that is sent late once is tried again', () => {
  expect(climb(56_000, { request: 10_000, sends: 3_000 })).toEqual({
    tried: [1_000, 1_000, 4_000, 4_000, 2_000],
    found: 2_000,
    limit: 'generator',
  })
  const search = new RateSearch(56_000)
  const late = [90_000, 10, 20_000, 10, 10]
  for (let i = 0; search.next !== undefined; i++) search.add({ cost: 10_000, late: late[i]!, refused: 0 })
  expect(search.found).toBe(8_000)
})

test('a generator that is late at every rate ends at the lowest one', () => {
  expect(climb(56_000, { request: 10_000, sends: 0 })).toMatchObject({ found: 1_000, limit: 'generator' })
  // The time that a service takes is not the generator's fault.
  expect(climb(100, { request: 10_000, sends: 0 })).toMatchObject({ found: 70, limit: 'service' })
})

test('a search that is cut off uses what it has seen', () => {
  const search = new RateSearch(56_000)
  expect(search.found).toBe(1_000)
  for (let i = 0; i < 2; i++) search.add({ cost: 10_000, late: 10, refused: 0 })
  expect([search.next, search.found]).toEqual([4_000, 1_000])
})

test('for any generator and service, both can handle the rate, and it is found soon', () => {
  const generator = fc.record({
    request: fc.integer({ min: 1_000, max: 2_000_000 }),
    idle: fc.integer({ min: 0, max: 5e8 }),
    sends: fc.integer({ min: 0, max: 100_000 }),
  })
  fc.assert(
    fc.property(fc.double({ min: 0.1, max: 500_000, noNaN: true }), generator, (capacity, given) => {
      const { tried, found } = climb(capacity, given)
      const lowest = Math.min(1_000, 0.7 * capacity)
      expect(tried.length).toBeLessThanOrEqual(12)
      expect(found).toBeGreaterThanOrEqual(lowest)
      expect(found).toBeLessThanOrEqual(Math.min(8_000, 0.7 * capacity))
      if (found > lowest) {
        expect(found).toBeLessThanOrEqual(given.sends)
        expect((given.request * found) / 1e9).toBeLessThanOrEqual(0.3)
      }
      // Never more than four times what was seen to be borne.
      for (const [i, rate] of tried.slice(1).entries()) expect(rate).toBeLessThanOrEqual(4 * tried[i]!)
    }),
  )
})
