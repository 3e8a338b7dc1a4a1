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

test('where only latency is judged, a short round is for the timed slices, and a long one for profiles too', () => {
  const needs = { change: 9_000, timed: 9_000, profiled: 9_000 }
  const short = { warmUp: 250, change: 400, timed: 850, profiled: 1_000 }
  expect(deadlinesOf(1_000, needs)).toEqual({ warmUp: 300, change: 450, timed: 750, profiled: 1_000 })
  expect(deadlinesOf(1_000, needs, 'short')).toEqual(short)
  const long = { warmUp: 1_800, change: 2_600, timed: 6_400, profiled: 10_000 }
  expect(deadlinesOf(10_000, needs, 'long')).toEqual(long)
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
  const waits = { ...collector(), name: 'waits', onRequest: 'unless waiting' as const, rehearses: 300 }
  const named = (name: string) => ({ ...collector(), name })
  const groups = [[named('cpu')], [named('event-loop')], [waits], [named('allocation')]]
  const timing = { slice: 10, timed: 500, profiled: 300 }
  const blocksIn = (room: number, round: number, among = groups) =>
    groupsInTurn(among, round, room, timing, 1_000)
  const namesIn = (room: number, rounds: number, among = groups) =>
    Array.from({ length: rounds }, (_, at) =>
      blocksIn(room, at + 1, among)
        .map(({ group: [leader] }) => leader!.name)
        .join(' '),
    )

  test('take turns, with what requests wait for in every second round', () => {
    const rounds = [
      'waits',
      'cpu',
      'waits',
      'event-loop',
      'waits',
      'cpu',
      'waits',
      'allocation',
      'waits',
      'cpu',
    ]
    expect(namesIn(0, 10)).toEqual(rounds)
  })

  test('come in their usual order, one of them in turn beside what requests wait for', () => {
    // Each takes 300 ms, and 150 to start; what requests wait for, a burst of 300 ms too.
    const two = ['cpu waits', 'cpu waits', 'event-loop waits', 'event-loop waits', 'cpu waits', 'cpu waits']
    expect(namesIn(1_200, 7)).toEqual([...two, 'waits allocation'])
    expect(namesIn(1_199, 2)).toEqual(['waits', 'cpu event-loop'])
    expect(namesIn(2_100 + 299, 1)).toEqual(['cpu event-loop waits'])
    expect(namesIn(2_100 + 300, 1)).toEqual(['cpu event-loop waits allocation'])
  })

  test('leave the rest of the time to what requests wait for', () => {
    const timesIn = (room: number) => blocksIn(room, 1).map(({ time }) => time)
    expect(timesIn(0)).toEqual([300])
    expect(timesIn(1_600)).toEqual([300, 700])
    expect(timesIn(3_000)).toEqual([300, 300, 1_200, 300])
    // Without a limit, fixed rounds would never end.
    expect(timesIn(1e6)).toEqual([300, 300, 2_000, 300])
  })

  test('take turns where nobody asks what requests wait for', () => {
    const others = [groups[0]!, groups[1]!]
    expect(namesIn(0, 5, others)).toEqual(['cpu', 'cpu', 'event-loop', 'event-loop', 'cpu'])
  })

  test('can be what requests wait for alone, or none', () => {
    expect(namesIn(0, 2, [[waits]])).toEqual(['waits', 'waits'])
    expect(namesIn(900, 1, [])).toEqual([''])
  })
})
