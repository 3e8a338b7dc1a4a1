/** The probe in a real service: what it keeps, what starts a capture, and that it hurts nobody. */
import { describe, expect, it } from 'vitest'
import { HEADER, makeToken } from '../../harness/probe/token.cjs'
import { buildCallTree, functionTable, windowOf } from '../../harness/profile/index.ts'
import { started } from '../serve/server.ts'
import { hottest, QUICK, start } from './service.ts'

const SECRET = 'not for production'
const times = (count: number, work: () => Promise<unknown>) =>
  Array.from({ length: count }).reduce<Promise<unknown>>(before => before.then(work), Promise.resolve())

const token = (path: string, more = {}) => ({
  headers: { [HEADER]: makeToken({ secret: SECRET, path, ...more }) },
})

describe('windows', () => {
  it('follow each other, and say how many requests of which route they saw', async () => {
    const service = await start({ version: '1.4/beta' })
    await times(20, () => service.get('/work/2'))
    await times(5, () => service.get('/status/500'))
    await service.keeps(({ window }) => Number(window.requests) > 0)
    await times(3, () => service.get('/wait/60'))
    await service.get('/stop')
    const windows = service.kept()
    expect(windows.length).toBeGreaterThan(1)
    expect(windows.every(({ name }) => name.startsWith('windows/1.4_beta/'))).toBe(true)
    const sum = (field: string) => windows.reduce((all, { window }) => all + Number(window[field]), 0)
    // With the one that it began with, and without the one that stops it, which is not answered yet.
    expect({ requests: sum('requests'), errors: sum('errors') }).toEqual({ requests: 29, errors: 5 })
    const routes = windows.flatMap(
      ({ window }) => window.routes as { route: string; requests: number; p50: number }[],
    )
    const work = routes.filter(({ route }) => route === 'GET /work/…')
    expect(work.reduce((all, { requests }) => all + requests, 0)).toBe(20)
    expect(
      Math.max(...routes.filter(({ route }) => route === 'GET /wait/…').map(({ p50 }) => p50)),
    ).toBeGreaterThan(50_000)
    const [first] = windows
    expect(first!.window).toMatchObject({ service: 'shop', version: '1.4/beta', pid: service.child.pid })
    for (const { window, profile } of windows)
      expect(Number(window.duration)).toBeCloseTo(profile.duration, 0)
    expect(windows.some(({ profile }) => hottest(profile).includes('slowPath'))).toBe(true)
  })
})

describe('a capture', () => {
  it('has what was before its cause, and what follows', async () => {
    const service = await start({ continuous: { window: '1h', interval: '1ms' } })
    await service.get('/work/50')
    const { name } = (await (await service.get('/capture')).json()) as { name: string }
    const isOf = (kind: string) => (kept: { window: { kind: string; capture?: string } }) =>
      kept.window.kind === kind && kept.window.capture === name
    const before = await service.keeps(isOf('before'))
    expect(hottest(before.profile)).toContain('slowPath')
    expect(before.window.cause).toEqual({ reason: 'code', by: 'hand' })
    const after = await service.keeps(isOf('after'))
    expect(after.name.startsWith('captures/')).toBe(true)
    expect(hottest(after.profile)).not.toContain('slowPath')
  })

  it('names the window before its own, which has only just begun', async () => {
    const service = await start()
    const last = await service.keeps(({ window }) => window.kind === 'window')
    const { name } = (await (await service.get('/capture')).json()) as { name: string }
    const before = await service.keeps(({ window }) => window.kind === 'before' && window.capture === name)
    const names = service.kept().map(kept => kept.name)
    expect(names).toContain(before.window.earlier)
    expect(names.indexOf(String(before.window.earlier))).toBeGreaterThanOrEqual(names.indexOf(last.name))
  })

  it('is one at a time, with a pause between two and a number for each day', async () => {
    const limits = { ...QUICK.limits, capture: '1h' }
    const service = await start({ limits })
    const asked = await Promise.all(Array.from({ length: 10 }, () => service.get('/capture')))
    const answers = (await Promise.all(asked.map(answer => answer.json()))) as {
      name?: string
      retryAfter?: number
    }[]
    expect(answers.filter(({ name }) => name !== undefined)).toHaveLength(1)
    expect(answers.filter(({ retryAfter = 0 }) => retryAfter > 0)).toHaveLength(9)
    const paused = await start({ limits: { ...QUICK.limits, perDay: 1 } })
    const { name } = (await (await paused.get('/capture')).json()) as { name: string }
    await paused.keeps(({ window }) => window.kind === 'after' && window.capture === name)
    await expect
      .poll(async () => await (await paused.get('/capture')).json())
      .toMatchObject({
        refused: 'there were 1 captures within a day',
      })
  })

  it('begins with a signed request, which is answered at once and reaches no handler', async () => {
    const service = await start({ secret: SECRET })
    const answer = await service.get('/status/500', token('/status/500'))
    expect(answer.status).toBe(202)
    const { capture } = (await answer.json()) as { capture: string }
    const before = await service.keeps(({ window }) => window.capture === capture)
    expect(before.window.cause).toEqual({ reason: 'request', path: '/status/500' })
  })

  it('does not begin with any other', async () => {
    const service = await start({ secret: SECRET })
    const good = token('/work/1')
    const statuses = async (path: string, init: RequestInit) => (await service.get(path, init)).status
    expect(await statuses('/work/2', good)).toBe(401)
    expect(await statuses('/work/1', { headers: { [HEADER]: 'x' } })).toBe(401)
    expect(await statuses('/work/1', token('/work/1', { at: Date.now() - 100_000 }))).toBe(401)
    const forwarded = { ...token('/work/1').headers, 'x-forwarded-for': '198.51.100.7' }
    expect(await statuses('/work/1', { headers: forwarded })).toBe(403)
    expect(await statuses('/work/1', good)).toBe(202)
    expect(await statuses('/work/1', good)).toBe(401)
    expect(await statuses('/work/1', {})).toBe(200)
    const open = await start({})
    expect((await open.get('/work/1', good)).status).toBe(200)
  })

  it('begins with SIGUSR2', async () => {
    const service = await start()
    service.child.kill('SIGUSR2')
    expect((await service.keeps(({ window }) => window.kind === 'before')).window.cause).toEqual({
      reason: 'signal',
    })
  })

  it('begins with a slow route, or a failing one', async () => {
    const slow = await start({ triggers: { p99: '20ms', loopDelay: false } })
    void times(200, () => slow.get('/wait/40')).catch(() => {})
    const { window } = await slow.keeps(({ window }) => window.kind === 'before')
    expect(window.cause).toMatchObject({ reason: 'p99', route: 'GET /wait/…' })
    await slow.keeps(({ window }) => window.kind === 'slow')
    const failing = await start({ triggers: { errors: '50%' } })
    void times(2_000, () => failing.get('/status/503')).catch(() => {})
    const before = await failing.keeps(({ window }) => window.kind === 'before')
    expect(before.window.cause).toMatchObject({ reason: 'errors', route: 'GET /status/…', share: 1 })
  })
})

describe('waits', () => {
  it('are those of a few requests now and then', async () => {
    const service = await start({ version: '1.4', waits: { every: '400ms', for: '300ms', perSecond: 100 } })
    const stop = new AbortController()
    const load = (async () => {
      while (!stop.signal.aborted) await service.get('/wait/30')
    })()
    await expect.poll(() => service.waits().length).toBeGreaterThan(0)
    stop.abort()
    await load
    const [{ name, profile }] = service.waits() as [ReturnType<typeof service.waits>[number]]
    expect(name).toMatch(/^waits\/1\.4\/.*-waits\.json\.gz$/)
    const window = windowOf(profile)!
    expect(window).toMatchObject({ kind: 'waits', service: 'shop', version: '1.4' })
    const tree = buildCallTree([profile])
    const at = tree.frames.findIndex(({ name }) => name === '[waiting for a timer]')
    const perRequest = functionTable(tree).total[0]![at]! / 1e6 / window.requests
    expect(perRequest).toBeGreaterThan(25)
  })
})

describe('allocation', () => {
  it('is sampled now and then, also when somebody asks for it', async () => {
    const service = await start({ version: '1.4', allocation: { every: '300ms', for: '200ms' } })
    const stop = new AbortController()
    const load = (async () => {
      while (!stop.signal.aborted) await service.get('/work/1')
    })()
    const asked = await service.get('/debug/pprof/allocs?seconds=0.3')
    const { name, profile, window } = await service.keeps(
      ({ window }) => window.kind === 'allocation' && window.requests > 0,
    )
    stop.abort()
    await load
    expect([200, 500]).toContain(asked.status)
    expect(name).toMatch(/^allocation\/1\.4\//)
    expect(window).toMatchObject({ service: 'shop', version: '1.4' })
    expect(profile.valueTypes.at(-1)).toEqual({ type: 'alloc_space', unit: 'bytes' })
    expect(profile.samples.values[0]!.some(bytes => bytes > 0)).toBe(true)
    expect(service.stderr).toBe('')
  })
})

describe('windows that are sent', () => {
  it('are kept by `flamegate serve`, with their requests', async () => {
    const { address } = await started({ token: 'secret' })
    const service = await start({ version: '1.4', store: false, send: { url: address, token: 'secret' } })
    const pages = async () => {
      await service.get('/work/1')
      const headers = { authorization: 'Bearer secret' }
      return await (
        await fetch(`${address}/windows?service=shop&type=cpu&before.version=1.4`, { headers })
      ).text()
    }
    await expect.poll(pages).toMatch(/<td>1\.4<\/td><td>[^<]+<\/td><td>[1-9]\d*<\/td>/)
    expect(service.stderr).toBe('')
  })

  it('include the last one, which ends when the probe is stopped', async () => {
    const { address } = await started()
    const continuous = { window: '60s' }
    const service = await start({ version: '1.5', store: false, continuous, send: { url: address } })
    await service.get('/work/20')
    await service.get('/stop')
    const page = await (await fetch(`${address}/windows?service=shop&type=cpu&before.version=1.5`)).text()
    expect(page).toMatch(/<td>1\.5<\/td><td>[^<]+<\/td><td>[1-9]\d*<\/td>/)
  })

  it('are lost without a word more than one where nobody takes them', async () => {
    const service = await start({ send: { url: 'http://127.0.0.1:1' } })
    await expect.poll(() => service.stderr).toContain('could not be sent to http://127.0.0.1:1')
    await service.keeps(({ window }) => window.kind === 'window')
    expect((await service.get('/work/1')).status).toBe(200)
    expect(service.stderr.match(/could not be sent/g)).toHaveLength(1)
  })
})

describe('/debug/pprof/', () => {
  it('gives profiles of the service while windows go on', async () => {
    const service = await start()
    const load = times(40, () => service.get('/work/20'))
    const answer = await fetch(`${service.origin}/debug/pprof/profile?seconds=0.5`)
    expect(answer.headers.get('content-type')).toBe('application/octet-stream')
    expect(answer.headers.get('content-disposition')).toContain('filename="profile"')
    expect((await answer.arrayBuffer()).byteLength).toBeGreaterThan(500)
    const allocs = await fetch(`${service.origin}/debug/pprof/allocs?seconds=0.2`)
    expect(allocs.status).toBe(200)
    await load
    await service.keeps(({ window }) => window.kind === 'window' && Number(window.requests) > 0)
  })

  it.each([
    ['profile?seconds=0', 400],
    ['profile?seconds=many', 400],
    ['profile?seconds=1&debug=1', 400],
    ['trace', 404],
  ])('%s is refused as Go refuses it', async (path, status) => {
    const service = await start()
    const answer = await service.get(`/debug/pprof/${path}`)
    expect(answer.status).toBe(status)
    expect(answer.headers.get('x-go-pprof')).toBe('1')
  })
})

describe('the service', () => {
  it('ends by itself, with its own code', async () => {
    const service = await start()
    await service.get('/exit', { headers: { connection: 'close' } })
    await expect.poll(() => service.child.exitCode).toBe(3)
    expect(service.stderr).toBe('')
  })

  it('goes on without the probe, and when its folder is gone', async () => {
    const service = await start()
    await service.get('/stop')
    expect((await service.get('/work/1')).status).toBe(200)
    expect(await (await service.get('/capture')).json()).toEqual({ refused: 'the probe has stopped' })
    expect((await service.get('/debug/pprof/')).status).toBe(503)
    expect((await service.get('/stop')).status).toBe(200)
    const other = await start({ store: { folder: '/dev/null/store' } })
    await expect.poll(() => other.stderr).toContain('could not be written')
    expect((await other.get('/work/1')).status).toBe(200)
    expect(other.stderr.match(/could not be written/g)).toHaveLength(1)
  })
})
