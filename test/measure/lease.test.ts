import { existsSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ProcessTree } from '../../harness/kernel/process-tree.ts'
import { processState } from '../../harness/kernel/processes.ts'
import { MARK, traceOf } from '../../harness/measure/both/launch-processes.ts'
import {
  cleanUp,
  isRunning,
  OwnLease,
  otherLeases,
  survivors,
  sweep,
} from '../../harness/measure/both/lease.ts'
import { disown, haveOwnLeases, readBack } from './own-leases.ts'

const plan = { scenario: 'hello', output: '/nowhere' }
const mark = 'a'.repeat(32)

haveOwnLeases()

const leases = () => join(tmpdir(), 'flamegate')

describe('a lease', () => {
  it('names the launches that can be running, and is removed with its folder when it is released', () => {
    const lease = OwnLease.take(plan)
    lease.hold({ pid: 0, started: 0, mark })
    lease.hold({ pid: 7, started: 9, mark })
    expect(readBack(lease)).toMatchObject({ scenario: 'hello', launches: [{ pid: 7, started: 9, mark }] })
    lease.drop({ pid: 7, started: 9, mark })
    expect(readBack(lease).launches).toEqual([])
    lease.release()
    expect(existsSync(lease.folder)).toBe(false)
    expect(readdirSync(leases())).toEqual([])
  })

  it('of this run does not count as another run', () => {
    const lease = OwnLease.take(plan)
    expect(otherLeases()).toEqual([])
    disown(lease, { harness: { pid: process.ppid, started: processState(process.ppid)?.started ?? 0 } })
    expect(otherLeases().map(isRunning)).toEqual([true])
  })

  it.skipIf(!ProcessTree.supported)(
    'of a crashed run ends the processes with its mark, and no others',
    async () => {
      const wait = ['-e', 'process.stdout.write("up"); setInterval(() => {}, 1000)']
      const start = (env: Record<string, string>) =>
        execa(process.execPath, wait, { env, buffer: false, reject: false })
      const [ours, foreign] = [start({ [MARK]: mark }), start({ [MARK]: 'b'.repeat(32) })]
      await Promise.all([ours, foreign].map(child => new Promise(up => child.stdout.once('data', up))))
      const lease = OwnLease.take(plan)
      // The id that the lease names was given to somebody else since: its start is another.
      disown(lease, { launches: [{ ...traceOf(foreign.pid!, mark), started: 1 }] })
      const [found] = otherLeases()
      expect(isRunning(found!)).toBe(false)
      expect(survivors(found!)).toEqual([ours.pid])
      expect(await cleanUp(found!)).toEqual({ found: [ours.pid], left: [] })
      expect(processState(foreign.pid!)).toBeDefined()
      expect([existsSync(lease.folder), existsSync(lease.file)]).toEqual([false, false])
      foreign.kill('SIGKILL')
      await Promise.all([ours, foreign])
    },
  )

  it('of a crashed run without living processes is removed, others stay', async () => {
    const output = mkdtempSync(join(tmpdir(), 'output-'))
    const [over, running] = [OwnLease.take({ ...plan, output }), OwnLease.take(plan)]
    disown(over)
    mkdirSync(join(output, 'rounds'))
    const [half, others] = [
      `rounds/round-1.json.${2 ** 22}.tmp`,
      ['record.json.1.tmp', 'rounds/round-1.json'],
    ]
    for (const name of [half, ...others]) writeFileSync(join(output, name), '{')
    const harness = { pid: process.ppid, started: processState(process.ppid)?.started ?? 0 }
    disown(running, { harness })
    await sweep(otherLeases())
    expect([over.file, over.folder, join(output, half)].map(existsSync)).toEqual([false, false, false])
    expect(others.every(name => existsSync(join(output, name)))).toBe(true)
    expect([running.file, running.folder].map(existsSync)).toEqual([true, true])
  })

  it('removes only temporary folders of ours', async () => {
    const kept = mkdtempSync(join(tmpdir(), 'somebody-'))
    for (const folder of [kept, '/', join(tmpdir(), 'flamegate-abcdef', '..', '..')]) {
      const lease = OwnLease.take(plan)
      disown(lease, { folder })
      for (const found of otherLeases()) await cleanUp(found)
    }
    expect(existsSync(kept)).toBe(true)
  })

  it('of a waiting run lets those that came before it go first', () => {
    const mine = OwnLease.take(plan, true)
    const other = { pid: process.ppid, started: processState(process.ppid)?.started ?? 0 }
    const ahead = (changes: object) => {
      const lease = OwnLease.take(plan)
      disown(lease, { harness: other, ...changes })
      const count = mine.ahead().length
      lease.release()
      return count
    }
    expect(ahead({ waiting: false, taken: Date.now() + 1_000 })).toBe(1)
    expect(ahead({ waiting: true, taken: Date.now() + 1_000 })).toBe(0)
    expect(ahead({ waiting: true, taken: Date.now() - 1_000 })).toBe(1)
    expect(ahead({ waiting: false, harness: { pid: 2 ** 22, started: 1 } })).toBe(0)
  })

  it('that is not valid is ignored', () => {
    const lease = OwnLease.take(plan)
    fc.assert(
      fc.property(
        fc.oneof(
          fc.json(),
          fc.string(),
          fc.json().map(text => `{"launches":${text}}`),
        ),
        text => {
          writeFileSync(lease.file, text)
          expect(otherLeases()).toEqual([])
        },
      ),
    )
  })
})
