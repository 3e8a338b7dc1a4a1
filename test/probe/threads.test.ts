/** The probe beside the main thread: in worker threads, and in the processes of a cluster. */
import { expect, it, onTestFinished } from 'vitest'
import { hottest, ProbedService, SERVICE } from './service.ts'

const OPTIONS = { continuous: { window: '300ms', interval: '1ms' }, triggers: { loopDelay: '100ms' } }

async function start(code: string): Promise<ProbedService> {
  const service = new ProbedService(OPTIONS, { args: ['-e', code], env: { SERVICE } })
  onTestFinished(async () => void (await service.end()))
  return await service.started()
}

it('a worker thread is profiled from inside', async () => {
  const service = await start("new (require('node:worker_threads').Worker)(process.env.SERVICE)")
  for (let i = 0; i < 20; i++) await service.get('/work/10')
  const { window, profile } = await service.keeps(
    kept => kept.window.requests > 0 && hottest(kept.profile).includes('slowPath'),
  )
  expect(window).toMatchObject({ kind: 'window', pid: service.child.pid })
  expect((window.routes as object[])[0]).toMatchObject({ route: 'GET /work/…' })
  expect(profile.comments.length).toBeGreaterThan(0)
})

it('a worker thread ends with its own code, and the process with it', async () => {
  const service = await start(
    "new (require('node:worker_threads').Worker)(process.env.SERVICE).on('exit', code => console.error('ended with', code))",
  )
  await service.get('/exit', { headers: { connection: 'close' } })
  await expect.poll(() => service.child.exitCode).toBe(0)
  expect(service.stderr).toBe('ended with 3\n')
})

it('each process of a cluster has its own windows', async () => {
  const service = await start(
    "const cluster = require('node:cluster'); cluster.setupPrimary({ exec: process.env.SERVICE, execArgv: [] }); cluster.fork(); cluster.fork()",
  )
  const pids = () =>
    new Set(service.kept().flatMap(({ window }) => (window.requests > 0 ? [window.pid] : [])))
  await expect
    .poll(async () => {
      await Promise.all(
        Array.from({ length: 8 }, () => service.get('/work/2', { headers: { connection: 'close' } })),
      )
      return pids().size
    })
    .toBe(2)
  expect(pids()).not.toContain(service.child.pid)
  expect(service.stderr).toBe('')
})
