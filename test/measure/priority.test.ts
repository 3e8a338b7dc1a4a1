import { getPriority, setPriority } from 'node:os'
import { execaSync } from 'execa'
import { afterEach, expect, it } from 'vitest'
import { raisePriority } from '../../harness/measure/harness/priority.ts'

/** Root can, unless a container forbids it. */
const canRaise = (() => {
  try {
    setPriority(-1)
    setPriority(0)
    return true
  } catch {
    return false
  }
})()
const inherited = () => Number(execaSync(process.execPath, ['-p', 'os.getPriority()']).stdout)

let putBack = () => {}
afterEach(() => putBack())

const skipped = canRaise ? '' : ' (skipped: the system does not allow it)'

it.skipIf(!canRaise)(`processes that are started inherit the priority${skipped}`, () => {
  putBack = raisePriority()
  expect(inherited()).toBeLessThan(0)
  putBack()
  expect([getPriority(), inherited()]).toEqual([0, 0])
})

it('is left as somebody has chosen it', () => {
  setPriority(5)
  putBack = () => (canRaise ? setPriority(0) : undefined)
  raisePriority()()
  expect(getPriority()).toBe(5)
})
