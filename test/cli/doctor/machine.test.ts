/** What is said about a machine. */
import { describe, expect, test } from 'vitest'
import { examine } from '../../../harness/cli/doctor/examine.ts'
import { inspectMachine, type Machine } from '../../../harness/cli/doctor/machine.ts'
import { CATALOGUE, type FindingCode } from '../../../harness/model/catalogue.ts'
import { thisWorld } from '../../../harness/world.ts'
import { quietMachine } from '../machine.ts'

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
