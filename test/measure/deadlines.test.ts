import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { deadlinesOf, groupsInTurn, needsOf } from '../../harness/measure/driver/deadlines.ts'
import type { Collector } from '../../harness/model/capabilities.ts'
import { plan } from '../analyze/records.ts'

const collector = (share?: number): Collector => ({
  name: 'cpu',
  scope: 'agent',
  order: 1,
  ...(share !== undefined && { share }),
  async start() {},
  stop: async () => ({ figures: {} }),
})

test('the warm-up gets the time that the later parts do not need', () => {
  expect(deadlinesOf(8_000, { change: 1_000, timed: 1_500, profiled: 2_000 })).toEqual({
    warmUp: 3_500,
    change: 4_500,
    timed: 6_000,
    profiled: 8_000,
  })
})

test('where the verdict is about waiting, timed slices have more of a short round and profiles less', () => {
  const needs = { change: 1_000, timed: 1_000, profiled: 1_000 }
  expect(deadlinesOf(1_000, needs)).toEqual({ warmUp: 300, change: 450, timed: 750, profiled: 1_000 })
  expect(deadlinesOf(1_000, needs, true)).toEqual({ warmUp: 250, change: 400, timed: 850, profiled: 1_000 })
})

test('every part has some time, in order, however little there is', () => {
  const milliseconds = fc.integer({ min: 0, max: 100_000 })
  const needs = fc.record({ change: milliseconds, timed: milliseconds, profiled: milliseconds })
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 100_000 }), needs, (time, needed) => {
      const { warmUp, change, timed, profiled } = deadlinesOf(time, needed)
      expect(profiled).toBe(time)
      expect(warmUp).toBeGreaterThan(0)
      for (const [from, to, need] of [
        [warmUp, change, needed.change],
        [change, timed, needed.timed],
        [timed, profiled, needed.profiled],
      ] as const) {
        expect(to - from).toBeGreaterThanOrEqual(Math.min(need, time * 0.15) - 1e-6)
        expect(to - from).toBeLessThanOrEqual(need + 1e-6)
      }
    }),
  )
})

test('the parts need time by launches and collectors', () => {
  const closed = { ...plan, timing: { slice: 10, timed: 500, profiled: 300 } }
  expect(needsOf(closed, [[collector()], [collector(0.5)]], 2, { rate: false, together: false })).toEqual({
    change: 0,
    timed: 1_000,
    profiled: 900 + 4 * 150,
  })
  const open = {
    ...plan,
    load: { ...plan.load, engine: 'open', arrivals: 'poisson' as const },
    timing: { slice: 150, timed: 900, profiled: 100 },
  }
  // Two slices at least of each kind, and once in a run the search for a rate.
  expect(needsOf(open, [[collector()]], 2, { rate: true, together: false })).toEqual({
    change: 600,
    timed: 1_800,
    profiled: 600 + 2 * 150,
  })
  expect(needsOf(open, [], 2, { rate: false, together: false }).change).toBeGreaterThan(600)
  const together = { rate: true, together: true }
  const slow = { ...open, timing: { ...open.timing, slice: 300 } }
  expect(needsOf(slow, [], 1, together).timed).toBe(3 * 300)
  const phases = [{ name: 'hold 5', from: 5, to: 5, duration: 7_000 }]
  const phased = { ...open, load: { ...open.load, phases } }
  expect(needsOf(phased, [], 1, { rate: true, together: false }).timed).toBe(7_000)
  expect(needsOf({ ...phased, quick: true }, [], 1, { rate: true, together: false }).timed).toBeCloseTo(900)
})

describe('groups of collectors in a round without time for all', () => {
  const groups = ['cpu', 'event-loop', 'waits'].map(name => [{ ...collector(), name }])
  const timing = { slice: 10, timed: 500, profiled: 300 }
  const namesIn = (round: number, room: number) =>
    groupsInTurn(groups, round, room, timing).map(([leader]) => leader!.name)

  test('take turns, one at least', () => {
    expect([1, 2, 3, 4].map(round => namesIn(round, 0))).toEqual([
      ['cpu'],
      ['event-loop'],
      ['waits'],
      ['cpu'],
    ])
  })

  test('come in their usual order', () => {
    // Each takes 300 ms, and 150 to start.
    expect([1, 2, 3].map(round => namesIn(round, 900))).toEqual([
      ['cpu', 'event-loop'],
      ['event-loop', 'waits'],
      ['cpu', 'waits'],
    ])
    expect(namesIn(2, 1_350)).toEqual(['cpu', 'event-loop', 'waits'])
  })

  test('can be none', () => {
    expect(groupsInTurn([], 1, 900, timing)).toEqual([])
  })
})
