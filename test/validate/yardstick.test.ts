import { expect, test } from 'vitest'
import cpuMetrics from '../../harness/metrics/cpu.ts'
import { errorsOf, largest, rootMeanSquare, type Session } from '../../validate/yardstick/errors.ts'
import { day } from '../analyze/days.ts'

const session = (slowness: number, disturbed: boolean): Session => ({ disturbed, run: day(slowness) })

test('the error of every two sessions: what the machine did is in it without the yardstick, and not with it', () => {
  const sessions = [session(1, false), session(1.2, true), session(1, false), session(1.2, true)]
  const [alike, mixed] = errorsOf(sessions, 'before', [cpuMetrics[0]!]) as [Found, Found]
  expect([alike.with.length, mixed.with.length]).toEqual([2, 4])
  expect(largest(alike.without)).toBeCloseTo(0, 6)
  expect(mixed.without.map(Math.abs)).toEqual(new Array(4).fill(expect.closeTo(Math.log(1.2), 6)))
  expect(rootMeanSquare(mixed.with)).toBeCloseTo(0, 6)
})

type Found = ReturnType<typeof errorsOf>[number]
