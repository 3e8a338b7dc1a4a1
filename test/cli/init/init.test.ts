import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { loadScenario } from '../../../harness/plan/index.ts'
import { git, repositoryWith } from '../../git/repository.ts'
import { folderWith } from '../../plan/world.ts'
import { runCli } from '../host.ts'

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
const load = async (directory: string, path: string, target = 'targets/shop.ts') => {
  const folder = await folderWith({
    'node_modules/flamegate/package.json': '{ "type": "module", "exports": "./index.js" }',
    'node_modules/flamegate/index.js':
      'export const defineTarget = it => it, defineScenario = it => it, get = path => ({ name: path, method: "GET", path }), json = value => ({ kind: "json", value }), post = (path, body) => ({ name: path, method: "POST", path, body })',
    [target]: await readFile(join(directory, target), 'utf8'),
    [path]: await readFile(join(directory, path), 'utf8'),
  })
  return await loadScenario(join(folder, path))
}

describe('flamegate init', () => {
  test('writes a target, a scenario that loads, and a workflow; a second time it leaves all of them alone', async () => {
    const directory = await repositoryWith(PROJECT)
    const { code, out } = await runCli(['init', '--yes'], { directory })
    expect(code).toBe(0)
    expect(out).toMatch(
      /^shop: fastify\nwrote {2}targets\/shop\.ts\nwrote {2}scenarios\/shop\.ts\nwrote {2}\.github/,
    )
    expect(out).not.toContain('PORT')
    const scenario = await load(directory, 'scenarios/shop.ts')
    // What a first run can decide, under a load that every service bears.
    expect(scenario.gates).toEqual({ 'cpu.perRequest': '+3%', errors: 0 })
    expect(scenario).toMatchObject({
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

  test('flags take precedence over what is found', async () => {
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

  test.each([
    ['with the port in its source is moved', 'listen(3000)', 3000],
    ['whose port is not clear gets a hint', 'listen(settings.port)', undefined],
  ])('a CommonJS service that does not read PORT, and %s', async (_, listen, port) => {
    const directory = await folderWith({
      'package.json': '{ "name": "old" }',
      'index.js': `require('node:http').createServer((q, a) => a.end()).${listen}`,
    })
    const { out } = await runCli(['init', '--yes'], { directory })
    expect(out).toMatch(/^old: a plain server\nwrote {2}targets\/old\.mts/)
    const target = await readFile(join(directory, 'targets/old.mts'), 'utf8')
    expect(/port: (\d+)/.exec(target)?.[1]).toBe(port?.toString())
    expect(out.includes('has to listen on `process.env.PORT`')).toBe(port === undefined)
  })

  /** Runs `init`, and reads the target that it has written. */
  const targetOf = async (files: Record<string, string>, flags: string[] = []) => {
    const directory = await repositoryWith(files)
    const { code, out } = await runCli(['init', '--yes', ...flags], { directory })
    expect(code).toBe(0)
    const path = /^wrote {2}(targets\/.*)$/m.exec(out)![1]!
    return { directory, out, path, text: await readFile(join(directory, path), 'utf8') }
  }

  const COMPILED = {
    'package.json': JSON.stringify({ name: 'shop', scripts: { build: 'tsc', start: 'node dist/server.js' } }),
    'src/server.ts': 'listen(process.env.PORT)',
    'tsconfig.json': '{ "compilerOptions": { "outDir": "dist" } }',
    '.gitignore': 'dist/\n.bench/\n.env\n',
  }

  test.each<[string, Record<string, string>, string | undefined]>([
    ['not built yet', {}, `['npm', 'run', 'build']`],
    ['built', { 'dist/server.js': '' }, `['npm', 'run', 'build']`],
    ['with a lock file of pnpm', { 'pnpm-lock.yaml': '' }, `['pnpm', 'run', 'build']`],
    ['with a lock file of yarn', { 'yarn.lock': '' }, `['yarn', 'run', 'build']`],
    ['kept in git', { '.gitignore': '', 'dist/server.js': '' }, undefined],
    [
      'with a script that npm runs before',
      { 'package.json': '{ "scripts": { "prestart": "x", "start": "node src/server.ts" } }' },
      `['npm', 'run', 'prestart']`,
    ],
  ])('a compiled service, %s, is built on both sides', async (_, files, build) => {
    const { text } = await targetOf({ ...COMPILED, ...files })
    if (build) expect(text).toContain(`build: ${build},`)
    else expect(text).not.toContain('build:')
  })

  test.each<[string, object, string, string]>([
    [
      'NestJS',
      { scripts: { build: 'nest build', start: 'nest start', 'start:prod': 'node dist/main' } },
      `command: ['node', 'dist/main'],`,
      `build: ['npm', 'run', 'build'],`,
    ],
    [
      'Next.js',
      { scripts: { build: 'next build', start: 'next start' } },
      `command: ['node_modules/.bin/next', 'start'],`,
      `build: ['npm', 'run', 'build'],`,
    ],
  ])('%s is built, and started without its compiler', async (_, manifest, command, build) => {
    const { text } = await targetOf({
      ...COMPILED,
      'package.json': JSON.stringify({ name: 'shop', ...manifest }),
    })
    expect(text).toContain(command)
    expect(text).toContain(build)
  })

  test('a start file without an extension is read, too', async () => {
    const { out, text } = await targetOf({
      'package.json': '{ "name": "shop", "scripts": { "start": "node ./bin/www" } }',
      'bin/www': 'server.listen(process.env.PORT || 3000)',
    })
    expect(out).not.toContain('PORT')
    expect(text).toContain(`command: ['node', './bin/www'],`)
  })

  test('a GraphQL service is sent a query', async () => {
    const { directory, out } = await targetOf({
      'package.json': '{ "name": "shop", "type": "module", "dependencies": { "graphql-yoga": "5" } }',
      'index.js': "createSchema({ typeDefs: 'type Query { total: Int }' })\nserver.listen(process.env.PORT)",
    })
    expect(out).toContain('shop: GraphQL Yoga')
    expect((await load(directory, 'scenarios/shop.ts')).load.steps).toMatchObject([
      { method: 'POST', path: '/graphql', body: { kind: 'json', value: { query: '{ total }' } } },
    ])
  })

  test('ignored settings are copied, and an unknown health check is left out', async () => {
    const { text } = await targetOf({ ...COMPILED, '.env': 'A=1', '.env.example': 'A=' })
    expect(text).toContain("copy: ['.env'],")
    expect(text).not.toContain('ready:')
  })

  test('another command gets no build', async () => {
    const { text } = await targetOf(COMPILED, ['--command', 'node other.js'])
    expect(text).not.toContain('build:')
  })

  test.each<[string, Record<string, string>, string]>([
    ['without a type', { 'package.json': '{ "name": "a", "main": "index.js" }' }, 'targets/a.mts'],
    ['of CommonJS', { 'package.json': '{ "name": "a", "type": "commonjs" }' }, 'targets/a.mts'],
    ['of modules', { 'package.json': '{ "name": "a", "type": "module" }' }, 'targets/a.ts'],
    [
      'that compiles all of its files',
      { 'package.json': '{ "name": "a", "type": "module" }', 'tsconfig.json': '{}' },
      'targets/a.mjs',
    ],
    [
      'that compiles one folder',
      { 'package.json': '{ "name": "a" }', 'tsconfig.json': '{\n// own\n"include": ["./src/**/*"] }' },
      'targets/a.mts',
    ],
    [
      'that compiles all folders, as it says',
      { 'package.json': '{ "name": "a" }', 'tsconfig.json': '{ "include": ["src", "**/*.ts"] }' },
      'targets/a.mjs',
    ],
    [
      'whose types are only checked',
      {
        'package.json': '{ "name": "a", "type": "module" }',
        'tsconfig.json': '{ "compilerOptions": { "noEmit": true, "allowImportingTsExtensions": true } }',
      },
      'targets/a.ts',
    ],
    [
      'that is called like a command',
      { 'package.json': '{ "name": "@acme/report" }' },
      'targets/report-service.mts',
    ],
  ])('a package %s', async (_, files, path) => {
    const written = await targetOf({ 'index.js': 'PORT', ...files })
    expect(written.path).toBe(path)
    const scenario = path.replace('targets', 'scenarios')
    const name = path.replace(/^targets\/|\.\w+$/g, '')
    expect(await load(written.directory, scenario, path)).toMatchObject({ target: { name } })
    expect(written.out).toContain(`npx flamegate ${name} --aa --quick`)
  })

  test('a package in a workspace uses the programs, lock file and workflow of the repository', async () => {
    const root = await repositoryWith({
      'package-lock.json': '{}',
      'node_modules/.bin/fastify': '',
      'node_modules/flamegate/package.json': '{}',
      'packages/api/package.json': '{ "name": "@w/api", "scripts": { "start": "fastify start app.js" } }',
      'packages/api/app.js': `app.get('/x', h) // PORT`,
    })
    const directory = join(root, 'packages/api')
    const { out } = await runCli(['init', '--yes'], { directory })
    expect(out).toContain('wrote  ../../.github/workflows/flamegate-api.yml')
    expect(await readFile(join(directory, 'targets/api.mts'), 'utf8')).toContain(
      `command: ['../../node_modules/.bin/fastify', 'start', 'app.js'],`,
    )
    const workflow = await readFile(join(root, '.github/workflows/flamegate-api.yml'), 'utf8')
    expect(workflow).toContain('- run: npm ci\n')
    expect(workflow).toContain('- uses: ./node_modules/flamegate\n')
    expect(workflow).toContain('          directory: packages/api\n')
  })

  test.each([
    ['no repository', false, [], /This folder is not in a git repository/],
    ['no commit', true, [], /Once there is a commit: {6}npx flamegate shop --baseline git:HEAD/],
  ])('%s: what is printed can be done', async (_, isRepository, flags, said) => {
    const directory = await folderWith(PROJECT)
    if (isRepository) git(directory, 'init', '--quiet')
    const { code, out } = await runCli(['init', '--yes', ...flags], { directory })
    expect(code).toBe(0)
    expect(out).toMatch(said)
    expect(out).not.toContain('Against the last commit')
    expect(out.includes('.github')).toBe(isRepository)
  })

  test.each([
    [{ 'package.json': '{' }, [], /package\.json is not valid JSON/],
    [{ 'package.json': '{}' }, [], /It is not clear how the service is started/],
    [PROJECT, ['--routes', 'orders'], /`orders` is not a path/],
    [PROJECT, ['--workflow', 'jenkins'], /no workflow for `jenkins`/],
    [PROJECT, ['somewhere'], /`init` takes nothing/],
  ])('%j with %j is refused', async (files, flags, message) => {
    const { code, err } = await runCli(['init', ...flags], { directory: await folderWith(files) })
    expect(code).toBe(2)
    expect(err).toMatch(message)
  })
})
