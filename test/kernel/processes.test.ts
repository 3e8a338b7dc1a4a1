import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseProcessState } from '../../harness/kernel/processes.ts'

describe('/proc/<pid>/stat', () => {
  const line = (name: string, user = 30, system = 12) =>
    `4044 (${name}) R 4038 4038 30327 0 -1 4194304 99 0 0 0 ${user} ${system} 0 0 20 0 1 0 332901 3133440`

  test('is read by the numbers of its fields', () => {
    expect(parseProcessState(line('cat'))).toEqual({
      pid: 4044,
      name: 'cat',
      state: 'R',
      parent: 4038,
      group: 4038,
      session: 30_327,
      majorFaults: 0,
      ticks: 42,
      started: 332_901,
    })
    expect(parseProcessState('')).toBeUndefined()
  })

  test('is read whatever a program calls itself', () => {
    fc.assert(
      fc.property(fc.string(), name => {
        expect(parseProcessState(line(name))).toMatchObject({ pid: 4044, name, parent: 4038, ticks: 42 })
      }),
    )
  })
})
