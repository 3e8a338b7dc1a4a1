import { describe, expect, test } from 'vitest'
import { ClosingHabit } from '../../../harness/loaders/http/client.ts'

const end = (responses: number, rest: number) => ({ reason: 'closed', responses, rest })

describe('a server that ends connections', () => {
  test('had not read a request if the connection was idle or the request pipelined', () => {
    const habit = new ClosingHabit()
    for (const [responses, rest] of [
      [7, 2],
      [3, 15],
      [9, -0.01],
      [4, -3],
    ] as const)
      expect(habit.explains(end(responses, rest))).toBe(true)
  })

  test('had not read a request that followed at once if it always ends connections after the same number of responses', () => {
    const habit = new ClosingHabit()
    const explained = [50, 50, 50, 12, 12, 50].map(responses => habit.explains(end(responses, 0.1)))
    expect(explained).toEqual([true, true, true, false, true, false])
  })
})
