import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import { overlap, Pauses } from '../../../validate/load/pauses.ts'

const schedule = globalThis.setImmediate

afterEach(() => {
  globalThis.setImmediate = schedule
})

const turn = () => new Promise<void>(resolve => void setImmediate(resolve))
const standStill = () => {
  for (const until = performance.now() + 2; performance.now() < until; );
}

describe('Pauses', () => {
  test('are stretches without a sign of life while the loop should turn', async () => {
    const pauses = new Pauses()
    const turned = turn()
    standStill()
    await turned
    const [longest] = pauses.end().toSorted((a, b) => b[1] - b[0] - (a[1] - a[0]))
    expect(longest![1] - longest![0]).toBeGreaterThanOrEqual(1.5)
  })

  test('are none where the loop sleeps until a timer wakes it', async () => {
    const pauses = new Pauses()
    await wait(20)
    expect(Math.max(0, ...pauses.end().map(([from, to]) => to - from))).toBeLessThan(20)
  })

  test('give the loop back as it was', () => {
    new Pauses().end()
    expect(globalThis.setImmediate).toBe(schedule)
  })
})

test.each([
  [
    [0, 10],
    [
      [2, 3],
      [9, 12],
    ],
    2,
  ],
  [[4, 5], [[0, 10]], 1],
  [[4, 5], [[5, 6]], 0],
] as [[number, number], [number, number][], number][])(
  '%j has so much in common with %j: %d ms',
  (stretch, others, common) => {
    expect(overlap(stretch, others)).toBe(common)
  },
)
