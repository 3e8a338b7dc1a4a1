import { describe, expect, test } from 'vitest'
import { Habit } from '../../harness/loaders/habit.ts'

const end = (answers: number, rest: number) => ({ reason: 'closed', answers, rest })

describe('a server that ends connections', () => {
  test('had not seen a request if the connection was idle, or the request pipelined', () => {
    const habit = new Habit()
    for (const [answers, rest] of [
      [7, 2],
      [3, 15],
      [9, -0.01],
      [4, -3],
    ] as const)
      expect(habit.explains(end(answers, rest))).toBe(true)
  })

  test('had not seen one that followed at once if it always ends a connection after so many answers', () => {
    const habit = new Habit()
    const told = [50, 50, 50, 12, 12, 50].map(answers => habit.explains(end(answers, 0.1)))
    expect(told).toEqual([true, true, true, false, true, false])
  })
})
