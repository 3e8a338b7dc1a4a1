import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parsePressure } from '../../harness/kernel/machine.ts'
import { kindOfName, parseSwitches } from '../../harness/kernel/threads.ts'

const SCHED = `node (4044, #threads: 11)
-------------------------------------------------------------------
se.exec_start                                :      63029442.381271
se.nr_migrations                             :                   31
nr_switches                                  :                 2042
nr_voluntary_switches                        :                 1900
nr_involuntary_switches                      :                  142
policy                                       :                    0
`

const STATUS = `Name:	node
State:	S (sleeping)
voluntary_ctxt_switches:	1900
nonvoluntary_ctxt_switches:	142
`

test('switches of a thread are read from either file', () => {
  expect(parseSwitches(SCHED)).toEqual({ voluntary: 1900, forced: 142, migrations: 31 })
  expect(parseSwitches(STATUS)).toEqual({ voluntary: 1900, forced: 142 })
  expect(parseSwitches('')).toBeUndefined()
})

test.skipIf(process.platform !== 'linux')('the file of this kernel has them', () => {
  expect(parseSwitches(readFileSync('/proc/self/status', 'utf8'))?.voluntary).toBeGreaterThanOrEqual(0)
})

test('threads are told by the names that Node and libuv give them', () => {
  expect(['node-V8Worker', 'V8Worker', 'libuv-worker', 'node', 'SignalInspector'].map(kindOfName)).toEqual([
    'compiler',
    'compiler',
    'pool',
    'other',
    'other',
  ])
})

test('pressure is the time in which some threads were stalled', () => {
  const text =
    'some avg10=0.00 avg60=0.12 avg300=0.09 total=1234\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=56'
  expect(parsePressure(text)).toBe(1_234_000)
  expect(parsePressure('')).toBeNull()
})
