import type { CpuInfo } from 'node:os'
import { describe, expect, test } from 'vitest'
import { ProcessTree } from '../../harness/kernel/process-tree.ts'
import { busiest, parseCpuTimes, stolen, timesOf, usageBetween } from '../../harness/kernel/times.ts'

describe('/proc/stat', () => {
  const STAT =
    'cpu  160492 3041 24127 435130 528 0 3052 118 77 0\ncpu0 75900 1653 11453 222244 70 0 1758 63 0 0\n'

  test('lists all processors together and each one, and counts the time of guests once', () => {
    expect(parseCpuTimes(STAT)).toEqual({ total: 626_488, idle: 435_658, steal: 118 })
    expect(parseCpuTimes(STAT, [0])).toEqual({ total: 313_141, idle: 222_314, steal: 63 })
    expect(parseCpuTimes(STAT, [0, 7])).toBeNull()
    expect(parseCpuTimes('intr 1 2 3\n')).toBeNull()
  })

  test('is replaced by what Node knows on other platforms', () => {
    const processor = (idle: number) => ({ times: { user: 30, nice: 0, sys: 10, irq: 0, idle } })
    const times = timesOf([processor(60), processor(0)] as CpuInfo[])
    expect(times).toEqual({ total: 140, idle: 60, steal: 0 })
  })

  test('gives the usage between two readings', () => {
    const before = { total: 1_000, idle: 500, steal: 10 }
    expect(usageBetween(before, { total: 1_200, idle: 600, steal: 30 })).toEqual({ busy: 0.4, steal: 0.1 })
    expect(usageBetween(before, before)).toBeNull()
  })
})

test('the busiest come first; new, ended and idle ones are left out', () => {
  const process = (pid: number, ticks: number, name = `p${pid}`) => ({ pid, name, ticks })
  const before = [process(1, 100), process(2, 100), process(3, 100), process(4, 100, 'p1')]
  const after = [process(1, 150), process(2, 300), process(3, 100), process(4, 150, 'p1'), process(5, 900)]
  expect(busiest(before, after, 2)).toEqual([
    { name: 'p2', share: 1 },
    { name: 'p1', share: 0.5 },
  ])
  expect(busiest(before, after, 2, { most: 1 })).toHaveLength(1)
  const hostile = [{ pid: 1, name: '\u001b[2J', ticks: 0 }]
  expect(busiest(hostile, [{ ...hostile[0]!, ticks: 9 }], 1)[0]!.name).toBe('\\u{1b}[2J')
})

test.skipIf(!ProcessTree.supported)('stolen time is known of each processor, and of all of them', () => {
  expect(stolen()!).toBeGreaterThanOrEqual(0)
  expect(stolen([0])!).toBeLessThanOrEqual(stolen()!)
  expect(stolen([100_000])).toBeNull()
})
