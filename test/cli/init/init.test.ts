import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { findRoutes } from '../../../harness/cli/init/routes.ts'
import { readStart, words } from '../../../harness/cli/init/start.ts'
import { loadScenario } from '../../../harness/plan/index.ts'
import { folderWith } from '../../plan/world.ts'
import { runCli } from '../host.ts'

describe('how a service is started', () => {
  test.each([
    ['node server.js', undefined, ['node', 'server.js'], {}],
    [
      'NODE_ENV=production node --enable-source-maps "src/my server.js"',
      undefined,
      ['node', '--enable-source-maps', 'src/my server.js'],
      { NODE_ENV: 'production' },
    ],
    ['cross-env A=1 node x.js', undefined, ['node', 'x.js'], { A: '1' }],
    ['tsx src/index.ts', undefined, ['node_modules/.bin/tsx', 'src/index.ts'], {}],
    ['npm run build && node dist/server.js', undefined, ['npm', 'run', '--silent', 'start'], {}],
    ['node server.js --port $PORT', undefined, ['npm', 'run', '--silent', 'start'], {}],
    [undefined, 'src/app.js', ['node', 'src/app.js'], {}],
  ])('%j with entry %j', (script, entry, command, environment) => {
    expect(readStart(script, entry)).toEqual({ command, environment })
  })

  test('nothing says it', () => expect(readStart(undefined, undefined)).toBeUndefined())

  test('words without quotes are what is between the spaces', () => {
    const word = fc.stringMatching(/^[^\s"']+$/)
    fc.assert(
      fc.property(fc.array(word), all => {
        expect(words(all.join(' '))).toEqual(all)
      }),
    )
  })
})

describe('what it answers', () => {
  test.each([
    [
      'fastify',
      `app.get('/orders', handler); app.route({ method: 'GET', url: "/products" })`,
      ['/orders', '/products'],
    ],
    ['express', 'router.get("/a", (req, res) => {}); app.get(`/b`, x)', ['/a', '/b']],
    ['koa', `router.get('/list', ctx => {})`, ['/list']],
    ['hono', `app.get('/hello', c => c.text('hi'))`, ['/hello']],
    ['a plain server', `if (request.url === '/x') return; if (url.pathname === '/y') return`, ['/x', '/y']],
    ['parameters', `app.get('/users/:id', h); app.get('/files/*', h); app.get('/u', h)`, ['/u']],
    ['other calls', `map.get('key'); headers.get('accept')`, []],
  ])('%s', (_, source, routes) => {
    expect(findRoutes([source])).toEqual({ routes })
  })

  test('a route that tells of the health is asked for readiness only', () => {
    expect(findRoutes([`app.get('/healthz', h); app.get('/', h)`])).toEqual({
      routes: ['/'],
      ready: '/healthz',
    })
  })
})

const PROJECT = {
  'package.json': JSON.stringify({
    name: '@acme/shop',
    type: 'module',
    scripts: { start: 'NODE_ENV=production node server.js' },
    dependencies: { fastify: '^5.0.0' },
  }),
  'server.js': `app.get('/health', h)\napp.get('/orders', h)\napp.listen({ port: process.env.PORT })`,
}

/** The files name the package, which is not installed there. */
const load = async (directory: string, path: string) => {
  const folder = await folderWith({
    'node_modules/flamegate/package.json': '{ "type": "module", "exports": "./index.js" }',
    'node_modules/flamegate/index.js':
      'export const defineTarget = it => it, defineScenario = it => it, get = path => ({ name: path, method: "GET", path })',
    'targets/shop.ts': await readFile(join(directory, 'targets/shop.ts'), 'utf8'),
    [path]: await readFile(join(directory, path), 'utf8'),
  })
  return await loadScenario(join(folder, path))
}

describe('flamegate init', () => {
  test('writes a target, a scenario that loads, and a workflow; a second time it leaves all of them alone', async () => {
    const directory = await folderWith(PROJECT)
    const { code, out } = await runCli(['init', '--yes'], { directory })
    expect(code).toBe(0)
    expect(out).toMatch(
      /^shop: a fastify service\nwrote {2}targets\/shop\.ts\nwrote {2}scenarios\/shop\.ts\nwrote {2}\.github/,
    )
    expect(out).not.toContain('PORT')
    expect(await load(directory, 'scenarios/shop.ts')).toMatchObject({
      target: {
        command: ['node', 'server.js'],
        environment: { NODE_ENV: 'production' },
        ready: '/health',
      },
      load: { steps: [{ path: '/orders' }] },
      ci: true,
    })
    const before = await readFile(join(directory, 'targets/shop.ts'), 'utf8')
    const again = await runCli(['init', '--yes', '--routes', '/other'], { directory })
    expect(again.out).toMatch(/exists targets\/shop\.ts\nexists scenarios\/shop\.ts\nexists \.github/)
    expect(await readFile(join(directory, 'targets/shop.ts'), 'utf8')).toBe(before)
  })

  test('flags go before what is found', async () => {
    const directory = await folderWith(PROJECT)
    const flags = ['--command', "node 'my server.js'", '--routes', '/a,/b', '--workflow', 'none']
    const { out } = await runCli(['init', ...flags], { directory })
    expect(out).not.toContain('.github')
    expect(await load(directory, 'scenarios/shop.ts')).toMatchObject({
      target: { command: ['node', 'my server.js'] },
      load: { steps: [{ path: '/a' }, { path: '/b' }] },
    })
  })

  test('on a terminal it asks, and an empty answer takes what was found', async () => {
    const directory = await folderWith(PROJECT)
    const stdin = Object.assign(new PassThrough(), { isTTY: true })
    stdin.end('\n/mine\ngitlab\n')
    const { code, out, err } = await runCli(['init'], { directory, stdin })
    expect(code).toBe(0)
    expect(err).toContain('How is the service started? [node server.js]')
    expect(out).toContain('wrote  flamegate.gitlab-ci.yml')
    expect((await load(directory, 'scenarios/shop.ts')).load.steps).toMatchObject([{ path: '/mine' }])
  })

  test('a service of CommonJS that does not read PORT is told so', async () => {
    const directory = await folderWith({
      'package.json': '{ "name": "old" }',
      'index.js': `require('node:http').createServer((q, a) => a.end()).listen(3000)`,
    })
    const { out } = await runCli(['init', '--yes'], { directory })
    expect(out).toMatch(/^old: a plain server\nwrote {2}targets\/old\.mts/)
    expect(out).toContain('has to listen on `process.env.PORT`')
  })

  test.each([
    [{ 'package.json': '{' }, [], /package\.json is not valid JSON/],
    [{ 'package.json': '{}' }, [], /Nothing says how the service is started/],
    [PROJECT, ['--routes', 'orders'], /`orders` is not a path/],
    [PROJECT, ['--workflow', 'jenkins'], /`jenkins` is not a system/],
    [PROJECT, ['somewhere'], /`init` takes nothing/],
  ])('%j with %j is refused', async (files, flags, message) => {
    const { code, err } = await runCli(['init', ...flags], { directory: await folderWith(files) })
    expect(code).toBe(2)
    expect(err).toMatch(message)
  })
})
