import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { makePlan } from '../../harness/plan/index.ts'
import { commit, repositoryWith } from '../git/repository.ts'
import { CAPABILITIES, worldIn } from '../plan/world.ts'

const scenario = (target = '') => `export default {
  target: { name: 'api', command: ['node', 'server.js'], directory: import.meta.dirname + '/packages/api', ${target} },
  load: { steps: [{ name: 'GET /', method: 'GET', path: '/' }] },
}
`

const WORKSPACE = { 'demo.js': scenario(), 'packages/api/server.js': '' }
const json = (value: unknown) => JSON.stringify(value)

async function checkoutOf(directory: string, environment: Record<string, string> = {}) {
  const world = worldIn(directory, {
    environment: { PATH: process.env.PATH, HOME: '/nonexistent', ...environment },
  })
  const plan = await makePlan({ scenario: 'demo.js', baseline: 'git:HEAD' }, world, CAPABILITIES)
  return plan.checkout!
}

const PNPM = 'pnpm install --frozen-lockfile --prefer-offline'
const NPM = 'npm ci --no-audit --no-fund --prefer-offline'

describe('the command that installs a commit’s modules is that of its lock file', () => {
  test.each([
    ['npm-shrinkwrap.json', '{}', NPM],
    ['pnpm-lock.yaml', "lockfileVersion: '9.0'\n", PNPM],
    [
      'yarn.lock',
      '# yarn lockfile v1\n',
      'yarn install --frozen-lockfile --prefer-offline --non-interactive',
    ],
    ['yarn.lock', '# generated\n\n__metadata:\n  version: 8\n', 'yarn install --immutable'],
    ['bun.lock', '{}', 'bun install --frozen-lockfile'],
    ['bun.lockb', '\0', 'bun install --frozen-lockfile'],
  ])('%s %j', async (name, text, command) => {
    const directory = await repositoryWith({ ...WORKSPACE, [name]: text })
    const { install, folder, otherModules } = await checkoutOf(directory)
    expect(install).toEqual({ command: command.split(' '), directory: folder, lockfile: name })
    expect(otherModules).toBeUndefined()
  })

  test('the nearest one, and where there are several the one that `packageManager` names', async () => {
    const both = { ...WORKSPACE, 'package-lock.json': '{}', 'pnpm-lock.yaml': '' }
    const directory = await repositoryWith(both)
    expect((await checkoutOf(directory)).install!.command.join(' ')).toBe(NPM)
    await commit(directory, { 'package.json': json({ packageManager: 'pnpm@10.1.0' }) })
    expect((await checkoutOf(directory)).install!.command.join(' ')).toBe(PNPM)
    await commit(directory, { 'packages/api/yarn.lock': '' })
    expect((await checkoutOf(directory)).install!.lockfile).toBe('packages/api/yarn.lock')
  })

  test('a lock file that only the working tree has does not count', async () => {
    const directory = await repositoryWith(WORKSPACE)
    await writeFile(join(directory, 'package-lock.json'), '{}')
    expect((await checkoutOf(directory)).install).toBeUndefined()
  })
})

describe('modules are kept if they depend only on the lock file', () => {
  const GREET = { version: '1.0.0', integrity: 'sha512-x' }
  const lock = (greet: object, rest = {}) =>
    json({ lockfileVersion: 3, packages: { '': {}, 'node_modules/greet': greet }, ...rest })

  test.each([
    ['a package runs a script', lock({ ...GREET, hasInstallScript: true })],
    ['a package is a folder of the repository', lock({ resolved: 'greet', link: true })],
    ['a package is a copy of such a folder', lock({ version: '1.0.0', resolved: 'file:greet' })],
    [
      'a package comes from git',
      lock({ version: '1.0.0', resolved: 'git+ssh://git@example.org/greet.git#1' }),
    ],
    ['the lock does not say', json({ lockfileVersion: 1, dependencies: { greet: GREET } })],
  ])('not when %s', async (_, text) => {
    const directory = await repositoryWith({ ...WORKSPACE, 'package-lock.json': text })
    expect((await checkoutOf(directory)).install!.kept).toBeUndefined()
  })

  test('the key is the lock file with the settings of npm', async () => {
    const directory = await repositoryWith({ ...WORKSPACE, 'package-lock.json': lock(GREET) })
    const key = async (environment = {}) => (await checkoutOf(directory, environment)).install!.kept
    const keys = [await key(), await key({ NODE_ENV: 'production' }), await key({ npm_config_omit: 'dev' })]
    await commit(directory, { '.npmrc': 'omit=dev\n' })
    keys.push(await key())
    await commit(directory, { 'package-lock.json': lock({ ...GREET, integrity: 'sha512-y' }) })
    keys.push(await key())
    expect(new Set(keys).size).toBe(keys.length)
    expect(keys).not.toContain(undefined)
    expect(await key()).toBe(keys.at(-1))
    await commit(directory, { 'packages/api/server.js': '// changed' })
    expect(await key()).toBe(keys.at(-1))
  })
})

describe('the working tree’s modules are those of the commit', () => {
  const manifest = (dependencies = {}, rest = {}) => json({ dependencies, ...rest })
  const PATH = 'packages/api/package.json'

  test('as long as the lock file is the same, whatever else has changed', async () => {
    const directory = await repositoryWith({ ...WORKSPACE, 'pnpm-lock.yaml': 'a', [PATH]: manifest() })
    await writeFile(join(directory, PATH), manifest({ greet: '1' }))
    expect((await checkoutOf(directory)).otherModules).toBeUndefined()
    await writeFile(join(directory, 'pnpm-lock.yaml'), 'b')
    expect((await checkoutOf(directory)).otherModules).toBe('pnpm-lock.yaml differs from the working tree’s')
    await rm(join(directory, 'pnpm-lock.yaml'))
    expect((await checkoutOf(directory)).otherModules).toBe('pnpm-lock.yaml differs from the working tree’s')
  })

  test.each([
    ['the same', manifest({ greet: '1' }), manifest({ greet: '1' }, { version: '2.0.0' }), true],
    ['another range', manifest({ greet: '1' }), manifest({ greet: '2' }), false],
    ['one is gone', manifest({ greet: '1', old: '1' }), manifest({ greet: '1' }), false],
    ['one more', manifest({ greet: '1' }), manifest({ greet: '1', fast: '1' }), false],
    [
      'one more tool',
      manifest({ greet: '1' }),
      manifest({ greet: '1' }, { devDependencies: { a: '1' } }),
      true,
    ],
    ['the first ones', manifest(), manifest({ greet: '1' }), true],
    ['no manifest any more', manifest({ greet: '1' }), null, false],
  ])('without a lock file, while the dependencies are: %s', async (_, before, after, same) => {
    const directory = await repositoryWith({ ...WORKSPACE, [PATH]: before })
    if (after === null) await rm(join(directory, PATH))
    else await writeFile(join(directory, PATH), after)
    const { otherModules } = await checkoutOf(directory)
    expect(otherModules).toBe(same ? undefined : `the dependencies in ${PATH} differ from the working tree’s`)
  })

  test('not when a packed package has changed', async () => {
    const directory = await repositoryWith({ ...WORKSPACE, 'vendor/greet-1.0.0.tgz': 'a' })
    await writeFile(join(directory, 'vendor/greet-1.0.0.tgz'), 'b')
    expect((await checkoutOf(directory)).otherModules).toMatch(/^vendor.greet-1.0.0.tgz differs/)
  })

  test.each(['preinstall', 'install', 'postinstall'])(
    'not when `%s` is part of the install',
    async script => {
      const scripts = { scripts: { [script]: 'prisma generate' } }
      const directory = await repositoryWith({ ...WORKSPACE, 'package.json': json(scripts) })
      expect((await checkoutOf(directory)).otherModules).toBe(
        `\`${script}\` in package.json is part of the install`,
      )
    },
  )
})

describe('a target that prepares itself', () => {
  test.each([
    ['npm ci && npm run build', true],
    ['npm --prefix app ci', true],
    ['pnpm -r install', true],
    ['pnpm i', true],
    ['yarn', true],
    ['yarn && yarn build', true],
    ['yarn --immutable; make', true],
    ['npm run build', false],
    ['yarn build', false],
    ['./ci/setup.sh', false],
    ['make all', false],
  ])('%s: installs by itself is %s, and otherwise has modules before it', async (command, installs) => {
    const directory = await repositoryWith({
      ...WORKSPACE,
      'demo.js': scenario(`prepare: ['sh', '-c', '${command}'],`),
      'pnpm-lock.yaml': '',
    })
    const { prepare, install } = await checkoutOf(directory)
    expect([prepare!.installs ?? false, install === undefined]).toEqual([installs, installs])
  })
})
