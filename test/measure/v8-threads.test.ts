import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { untilCompiled } from '../../harness/measure/driver/v8-threads.ts'

const FILE = join(import.meta.dirname, '../../harness/measure/driver/v8-threads.ts')

/** Prints the nice values of the main thread and of all others of its process, as the kernel has them. */
const SCRIPT = `
  import { readdirSync, readFileSync } from 'node:fs'
  import { putMainThreadFirst } from ${JSON.stringify(FILE)}
  putMainThreadFirst()
  const nice = id => Number(readFileSync('/proc/self/task/' + id + '/stat', 'latin1').replace(/^.*\\) /s, '').split(' ')[16])
  const others = readdirSync('/proc/self/task').filter(id => Number(id) !== process.pid)
  console.log(JSON.stringify({ main: nice(process.pid), others: others.map(nice) }))
`

it.runIf(process.platform === 'linux')('gives all threads but the main one the lowest priority', () => {
  const printed = execFileSync(process.execPath, ['--input-type=module', '--eval', SCRIPT], {
    encoding: 'utf8',
  })
  const { main, others } = JSON.parse(printed)
  const own = Number(execFileSync('nice', { encoding: 'utf8' }))
  expect(main).toBe(own)
  expect(others.length).toBeGreaterThan(0)
  expect(new Set(others)).toEqual(new Set([19]))
})

it('repeats the work while code is compiled, at most ten times', async () => {
  let times = 0
  await untilCompiled(async () => {
    times++
  })
  expect(times).toBeGreaterThanOrEqual(1)
  expect(times).toBeLessThanOrEqual(10)
})
