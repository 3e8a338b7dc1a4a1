/** The kernel's tables as text, and what is said about a machine. */
import type { CpuInfo } from 'node:os'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { examine } from '../../../harness/cli/doctor/examine.ts'
import { inspectMachine, type Machine } from '../../../harness/cli/doctor/machine.ts'
import {
  busiest,
  parseCores,
  parseCpuTimes,
  parseProcessTimes,
  parseQuota,
  timesOf,
  usageBetween,
} from '../../../harness/kernel/tables.ts'
import { CATALOGUE, type FindingCode } from '../../../harness/model/catalogue.ts'
import { thisWorld } from '../../../harness/world.ts'
import { quietMachine } from '../machine.ts'

describe('/proc/stat', () => {
  const STAT =
    'cpu  160492 3041 24127 435130 528 0 3052 118 77 0\ncpu0 75900 1653 11453 222244 70 0 1758 63 0 0\n'

  test('the first line holds all processors; time of guests is not counted twice', () => {
    expect(parseCpuTimes(STAT)).toEqual({ total: 626_488, idle: 435_658, steal: 118 })
    expect(parseCpuTimes('intr 1 2 3\n')).toBeNull()
  })

  test('on other systems Node gives the same', () => {
    const processor = (idle: number) => ({ times: { user: 30, nice: 0, sys: 10, irq: 0, idle } })
    const times = timesOf([processor(60), processor(0)] as CpuInfo[])
    expect(times).toEqual({ total: 140, idle: 60, steal: 0 })
  })

  test('usage is the difference of two readings', () => {
    const before = { total: 1_000, idle: 500, steal: 10 }
    expect(usageBetween(before, { total: 1_200, idle: 600, steal: 30 })).toEqual({ busy: 0.4, steal: 0.1 })
    expect(usageBetween(before, before)).toBeNull()
  })
})

describe('/proc/<pid>/stat', () => {
  const line = (name: string, user = 30, system = 12) =>
    `4044 (${name}) R 4038 4038 30327 0 -1 4194304 99 0 0 0 ${user} ${system} 0 0 20 0 1 0 332901 3133440`

  test('name and ticks', () => {
    expect(parseProcessTimes(line('cat'))).toEqual({ pid: 4044, name: 'cat', ticks: 42 })
    expect(parseProcessTimes('')).toBeNull()
  })

  test('ticks are found whatever the program’s name', () => {
    fc.assert(
      fc.property(fc.string(), name => {
        expect(parseProcessTimes(line(name))).toEqual({ pid: 4044, name, ticks: 42 })
      }),
    )
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
})

test.each([
  ['max 100000', null],
  ['150000 100000', 1.5],
  ['-1 100000', null],
  [' ', null],
])('quota %j', (text, expected) => {
  expect(parseQuota(text)).toBe(expected)
})

test('processors that share a core are listed once for each of them', () => {
  expect(parseCores(['0,4', '1,5', '0,4', '1,5'])).toEqual([
    [0, 4],
    [1, 5],
  ])
  expect(parseCores(['0-1\n', '0-1'])).toEqual([[0, 1]])
})

describe('findings', () => {
  test('a quiet machine has none', () => {
    expect(examine(quietMachine())).toEqual([])
    // The load average of a minute remembers the run before this one.
    expect(examine(quietMachine({ busy: 0, load: 1.8, processors: [0, 1] }))).toEqual([])
  })

  test.each<[FindingCode, Partial<Machine>, RegExp]>([
    ['one-processor', { processors: [0] }, /take turns/],
    ['pinning-unavailable', { pinnable: false }, /cannot be pinned/],
    ['shared-core', { processors: [0, 1], siblings: [[0, 1]] }, /processors 0, 1/],
    ['processor-quota', { quota: 1.5 }, /1\.5 processors' worth of time on 4/],
    ['busy', { busy: 0.5 }, /processors are 50 % busy \(editor 3 % of one/],
    ['steal', { steal: 0.034 }, /3\.4 % of/],
    ['governor', { governors: ['powersave', 'performance'] }, /`powersave`\.$/],
    ['on-battery', { onBattery: true }, /battery/],
    ['clock-coarse', { clock: { source: 'hpet', resolution: 4_000 } }, /\(hpet\) moves in steps of 4\.0 µs/],
    ['no-schedstat', { schedstat: false }, /per thread/],
    ['little-memory', { memory: { total: 2 ** 30, available: 100 * 2 ** 20 } }, /^100 MiB/],
    ['virtual', { virtual: true }, /virtual/],
  ])('%s: %j', (code, changes, message) => {
    expect(examine(quietMachine(changes))).toEqual([
      expect.objectContaining({
        code,
        message: expect.stringMatching(message),
        advice: CATALOGUE[code].advice,
      }),
    ])
  })

  test('service and load on threads of different cores share none', () => {
    const siblings = [
      [0, 1],
      [2, 3],
    ]
    // The load generator has one of four processors, and its neighbour is a processor of the service.
    expect(examine(quietMachine({ siblings })).map(({ code }) => code)).toEqual(['shared-core'])
    expect(examine(quietMachine({ processors: [0, 2], siblings: [[0], [2]] }))).toEqual([])
  })
})

test('this machine can be inspected', async () => {
  const machine = await inspectMachine(thisWorld(), 30)
  expect(machine.processors.length).toBeGreaterThan(0)
  expect(machine.cores).toBeGreaterThanOrEqual(machine.processors.length)
  expect(machine.clock.resolution).toBeGreaterThan(0)
  expect(machine.node).toBe(process.version)
  for (const { name, share } of machine.busiest) {
    expect(name).toMatch(/./)
    expect(share).toBeGreaterThan(0)
  }
  if (process.platform === 'linux') expect(machine.busy).toBeGreaterThanOrEqual(0)
})

test('an interruption ends the inspection', async () => {
  const controller = new AbortController()
  controller.abort()
  await expect(inspectMachine(thisWorld({ signal: controller.signal }), 60_000)).rejects.toThrow(/abort/)
})
