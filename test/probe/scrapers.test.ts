/** Tools that know Go's profiles, at the endpoints of a service. */
import { execFile, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it, onTestFinished } from 'vitest'
import { ProbedService } from './service.ts'

const isHere = (program: string, ...args: string[]): boolean =>
  spawnSync(program, args, { stdio: 'ignore' }).status === 0
const GO = isHere('go', 'tool', 'pprof', '-h') || isHere('go', 'version')
const PROMTOOL = isHere('promtool', '--version')

const run = promisify(execFile)

/** A service under load. @returns it, and the folder for what the tools write */
async function loaded(): Promise<{ service: ProbedService; folder: string }> {
  const service = new ProbedService({ continuous: { window: '1h', interval: '1ms' }, endpoints: false })
  await service.started()
  let goesOn = true
  const load = (async () => {
    while (goesOn) await service.get('/work/10')
  })()
  onTestFinished(async () => {
    goesOn = false
    await load
    await service.end()
  })
  return { service, folder: mkdtempSync(join(tmpdir(), 'flamegate-scraped-')) }
}

it.skipIf(!GO)(
  `\`go tool pprof\` fetches a profile${GO ? '' : ' (skipped: Go is not installed)'}`,
  async () => {
    const { service, folder } = await loaded()
    const pprof = (...args: string[]) =>
      run('go', ['tool', 'pprof', ...args], {
        env: { ...process.env, PPROF_TMPDIR: folder, HOME: folder },
        cwd: folder,
      })
    const top = await pprof('-top', '-seconds', '2', `${service.origin}/debug/pprof/profile`)
    expect(top.stdout).toMatch(/Type: cpu/)
    expect(top.stdout.match(/^.*slowPath$/m)?.[0]).toMatch(/ [5-9]\d\.\d+% +slowPath$/)
    const allocs = await pprof('-top', `${service.origin}/debug/pprof/allocs?seconds=1`)
    expect(allocs.stdout).toMatch(/Type: alloc_space/)
    const none = await pprof('-top', `${service.origin}/debug/pprof/goroutine`)
    expect(none.stdout + none.stderr).toMatch(/Type: goroutine/)
  },
)

it.skipIf(!PROMTOOL)(
  `\`promtool debug pprof\` fetches all that it knows${PROMTOOL ? '' : ' (skipped: promtool is not installed)'}`,
  async () => {
    const { service, folder } = await loaded()
    const { stdout } = await run('promtool', ['debug', 'pprof', service.origin], { cwd: folder })
    expect(stdout).toMatch(/Compiling debug information complete/)
    const archive = join(folder, 'debug.tar.gz')
    expect(existsSync(archive)).toBe(true)
    const listed = await run('tar', ['-tzf', archive])
    expect(listed.stdout.trim().split('\n').toSorted()).toEqual(
      ['block.pb', 'cpu.pb', 'goroutine.pb', 'heap.pb', 'mutex.pb', 'threadcreate.pb', 'trace.pb'].toSorted(),
    )
    await run('tar', ['-xzf', archive, '-C', folder])
    expect(readFileSync(join(folder, 'cpu.pb')).length).toBeGreaterThan(200)
  },
)
