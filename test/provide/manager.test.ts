/** Package managers: which program is taken, with programs that only say a version; and the real ones where they are. */
import { chmod, readFile, symlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { execa } from 'execa'
import { describe, expect, test } from 'vitest'
import { findManager } from '../../harness/provide/manager.ts'
import { commit, repositoryWith } from '../git/repository.ts'
import { folderWith, worldIn } from '../plan/world.ts'
import { API, bareEnvironment, baseOf, FAST, isWithin, json, put, SLOW, withNpm } from './base.ts'

const PNPM = ['pnpm', 'install', '--frozen-lockfile']
const CLASSIC = ['yarn', 'install', '--frozen-lockfile']
const BERRY = ['yarn', 'install', '--immutable']

/** A program that says a version, or fails. */
const saying = (version: string) => `#!/bin/sh\n[ "$1" = --version ] && echo ${version}\n`
const corepack = (version: string) => `#!/bin/sh\n[ "$COREPACK_ENABLE_NETWORK" = 0 ] && echo ${version}\n`
const FAILING = '#!/bin/sh\necho 1.22.22; exit 1\n'

async function programs(directory: string, files: Record<string, string>) {
  await put(directory, files)
  for (const name of Object.keys(files)) await chmod(join(directory, name), 0o755)
}

async function found(
  command: string[],
  { onPath = {}, inTree = {}, inCheckout = {} }: Record<string, Record<string, string>>,
) {
  const [repository, folder, { PATH, HOME }] = [
    await folderWith({ 'packages/api/a': '' }),
    await folderWith({ 'packages/api/a': '', ...inCheckout }),
    await bareEnvironment(),
  ]
  await programs(PATH, onPath)
  await programs(repository, inTree)
  const world = worldIn(repository, { environment: { PATH, HOME } })
  const checkout = { repository, folder, ref: 'main', commit: '' }
  const words = await findManager(command, join(folder, 'packages/api'), checkout, world)
  return words
    ?.join(' ')
    .replace(repository, 'TREE')
    .replace(folder, 'CHECKOUT')
    .replace(process.execPath, 'node')
}

describe('the program is', () => {
  test.each([
    ['on the path', PNPM, { onPath: { pnpm: saying('10.1.0') } }, 'pnpm'],
    [
      'a dependency of the working tree',
      PNPM,
      {
        onPath: { pnpm: saying('9.0.0') },
        inTree: { 'node_modules/.bin/pnpm': saying('10.1.0') },
      },
      'TREE/node_modules/.bin/pnpm',
    ],
    [
      'the nearest such dependency',
      PNPM,
      {
        inTree: {
          'node_modules/.bin/pnpm': saying('9.0.0'),
          'packages/api/node_modules/.bin/pnpm': saying('10.1.0'),
        },
      },
      'TREE/packages/api/node_modules/.bin/pnpm',
    ],
    ['what Corepack has already', PNPM, { onPath: { corepack: corepack('10.1.0') } }, 'corepack pnpm'],
    [
      'not one that fails',
      PNPM,
      { onPath: { pnpm: FAILING, corepack: corepack('10.1.0') } },
      'corepack pnpm',
    ],
    ['none', PNPM, {}, undefined],
    ['Yarn 1 for its lock files', CLASSIC, { onPath: { yarn: saying('1.22.22') } }, 'yarn'],
    ['not Yarn 1 for later ones', BERRY, { onPath: { yarn: saying('1.22.22') } }, undefined],
    ['nor the other way round', CLASSIC, { onPath: { yarn: saying('4.5.0') } }, undefined],
    [
      'the Yarn that the commit brings along',
      BERRY,
      {
        onPath: { yarn: saying('1.22.22') },
        inCheckout: {
          'packages/api/.yarnrc.yml': 'nodeLinker: pnp\nyarnPath: ".yarn/releases/yarn-4.5.0.cjs"\n',
          'packages/api/.yarn/releases/yarn-4.5.0.cjs': `console.log('4.5.0')`,
        },
      },
      'node CHECKOUT/packages/api/.yarn/releases/yarn-4.5.0.cjs',
    ],
  ])('%s', async (_, command, files, words) => {
    expect(await found(command, files as Record<string, Record<string, string>>)).toBe(words)
  })
})

/** Where a manager is on this machine, which npm always is. */
async function placeOf(name: string, version: RegExp): Promise<string | undefined> {
  const { stdout, exitCode } = await execa(name, ['--version'], { cwd: '/', reject: false })
  return exitCode === 0 && version.test(stdout)
    ? (await execa('sh', ['-c', `command -v ${name}`])).stdout
    : undefined
}

const PNP = { '.yarnrc.yml': 'nodeLinker: pnp\nenableTelemetry: false\n' }
const LINKED = { '.yarnrc.yml': 'nodeLinker: node-modules\nenableTelemetry: false\n' }
const WORKSPACES = { 'package.json': json({ private: true, workspaces: ['packages/*'] }) }
const NAMED = {
  ...WORKSPACES,
  'packages/api/package.json': json({ name: 'api', dependencies: { '@org/lib': '1.0.0' } }),
}

interface Real {
  kind: string
  name: string
  version: RegExp
  files: Record<string, string>
  range: string
}

const PNPM_WORKSPACE = { 'pnpm-workspace.yaml': 'packages: [packages/*]\n' }
const MANAGERS: Real[] = [
  { kind: 'pnpm', name: 'pnpm', version: /^\d/, files: PNPM_WORKSPACE, range: 'workspace:*' },
  { kind: 'pnpm, file:', name: 'pnpm', version: /^\d/, files: PNPM_WORKSPACE, range: 'file:../lib' },
  { kind: 'Yarn 1', name: 'yarn', version: /^1\./, files: NAMED, range: '1.0.0' },
  {
    kind: 'Yarn 2 and later',
    name: 'yarn',
    version: /^[2-9]/,
    files: { ...WORKSPACES, ...LINKED, 'yarn.lock': '' },
    range: 'workspace:*',
  },
  {
    kind: 'Yarn Plug’n’Play',
    name: 'yarn',
    version: /^[2-9]/,
    files: { ...WORKSPACES, ...PNP, 'yarn.lock': '' },
    range: 'workspace:*',
  },
]

const available = await Promise.all(
  MANAGERS.map(async each => ({ ...each, place: await placeOf(each.name, each.version) })),
)

describe.each(
  available.map(each => ({
    ...each,
    title: `${each.kind}${each.place ? '' : ' (skipped: it is not on PATH)'}`,
  })),
)('the real $title', ({ name, files, range, place }) => {
  test.skipIf(!place).each(['there', 'gone'])(
    'the base has its own library; the manager is %s',
    async when => {
      const manifest = json({ name: 'api', dependencies: { '@org/lib': range } })
      const directory = await repositoryWith({
        ...API,
        'packages/api/package.json': manifest,
        ...files,
        ...FAST,
        '.gitignore': 'node_modules\n.pnp.*\n.yarn\n',
      })
      const environment = withNpm({ HOME: await folderWith({}), YARN_ENABLE_IMMUTABLE_INSTALLS: '0' })
      await execa(name, ['install'], { cwd: directory, env: environment, extendEnv: false })
      await commit(directory, {})
      await commit(directory, SLOW)
      const bare = await bareEnvironment()
      if (when === 'there') {
        await symlink(place!, join(bare.PATH, name))
        bare.PATH = `${bare.PATH}:${dirname(place!)}:/usr/bin:/bin`
      }
      const { folder, makes, api } = await baseOf(directory, { ...bare, HOME: environment.HOME! })
      const { release, codes } = await makes()
      expect(codes).toEqual(when === 'there' ? [] : ['copied-modules'])
      const hook = join(folder, '.pnp.cjs')
      const isPnp = await readFile(hook).then(
        () => true,
        () => false,
      )
      const script = `console.log(JSON.stringify([require('@org/lib'), require.resolve('@org/lib')]))`
      const { stdout } = await execa(process.execPath, [...(isPnp ? ['-r', hook] : []), '-e', script], {
        cwd: api,
      })
      const [value, file] = JSON.parse(stdout)
      expect([value, isWithin(folder)(file)]).toEqual(['fast', true])
      await release()
    },
  )
})
