/** `profile --pid`: a process that was started without anything of ours. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { decodePprof } from '../../harness/formats/index.ts'
import { listenersOf } from '../../harness/kernel/listeners.ts'
import { buildCallTree, functionTable } from '../../harness/profile/index.ts'
import { Flamegate, flamegate } from './flamegate.ts'

const BUSY = `
function busy() { const end = performance.now() + 5; while (performance.now() < end) Math.sqrt(end) }
setInterval(busy, 25)
console.log('runs')
`

const started: ChildProcess[] = []
afterEach(async () => {
  for (const child of started.splice(0)) {
    child.kill('SIGKILL')
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  }
})

async function start(...args: string[]): Promise<ChildProcess> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] })
  started.push(child)
  await once(child.stdout!, 'data')
  return child
}

/** Nobody else's inspector may be in the way: each process has a port of its own for it. */
const node = () => start('--inspect-port=0', '-e', BUSY)

const title = process.platform === 'linux' ? '' : ' (skipped: Linux only)'
describe.skipIf(process.platform !== 'linux')(`a process that runs${title}`, () => {
  it('is profiled, and left as it was', async () => {
    const child = await node()
    const run = await flamegate(['profile', '--pid', String(child.pid), '--seconds', '1'])
    expect(run).toMatchObject({ exitCode: 0, left: [] })
    expect(run.stdout).toContain('and is closed.')
    expect(run.stdout).toMatch(/ % {2}busy \S*:2\n/)
    // It sleeps most of the time.
    expect(Number(/was busy ([\d.]+) %/.exec(run.stdout)![1])).toBeLessThan(90)
    const profile = decodePprof(readFileSync(join(run.output, 'cpu.pb.gz')))
    const tree = buildCallTree([profile])
    const total = functionTable(tree).total[0]!
    const busy = tree.frames.findIndex(({ name }) => name === 'busy')
    expect(total[busy]! / 1e6).toBeGreaterThan(100)
    expect(decodePprof(readFileSync(join(run.output, 'allocation.pb.gz'))).valueTypes.at(-1)!.unit).toBe(
      'bytes',
    )
    await expect.poll(() => listenersOf(child.pid!)).toEqual([])
    expect(child.exitCode).toBeNull()
  })

  it('is left as it was after Ctrl-C', async () => {
    const child = await node()
    const run = new Flamegate(['profile', '--pid', String(child.pid), '--seconds', '60'])
    await expect.poll(() => listenersOf(child.pid!)).toHaveLength(1)
    run.child.kill('SIGINT')
    const { exitCode, stderr, output } = await run.ended()
    expect(exitCode).toBe(130)
    expect(stderr).toContain('Interrupted')
    expect(existsSync(output)).toBe(false)
    await expect.poll(() => listenersOf(child.pid!)).toEqual([])
  })

  it('that would not survive the signal gets none', async () => {
    const child = spawn('sh', ['-c', 'echo runs; sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'] })
    started.push(child)
    await once(child.stdout!, 'data')
    const run = await flamegate(['profile', '--pid', String(child.pid)])
    expect(run.exitCode).toBe(3)
    expect(run.stderr).toContain('is not a Node process')
    expect(child.exitCode).toBeNull()
    expect((await flamegate(['profile', '--pid', '4194304'])).stderr).toContain('does not run')
    expect((await flamegate(['profile'])).stderr).toContain('No process is named')
  })
})
