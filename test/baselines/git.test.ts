import { access, chmod, constants, mkdir, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { makePlan } from '../../harness/plan/index.ts'
import { commit, git, repositoryWith } from '../git/repository.ts'
import { CAPABILITIES, folderWith, worldIn } from '../plan/world.ts'

const environment = { PATH: process.env.PATH }
const YES_OR_NO = [() => true, () => false] as const
const LOCK = JSON.stringify({ name: 'shop', lockfileVersion: 3, packages: {} })

/** A service in the folder `app` of a repository; its scenario has one variant. */
const scenario = (target = '', rest = '') => `export default {
  target: {
    name: 'shop',
    command: ['node', 'server.js', import.meta.dirname + '/../app/data'],
    directory: import.meta.dirname + '/../app',
    environment: { HOME_FOLDER: import.meta.dirname },
    ${target}
  },
  load: { steps: [{ name: 'GET /', method: 'GET', path: '/' }] },
  ${rest}
}
`

const files = (target?: string, rest?: string) => ({
  'scenarios/demo.js': scenario(target, rest),
  'app/server.js': '',
  'package.json': '{"type":"module"}',
})

async function planOf(directory: string, request = {}) {
  return await makePlan(
    { scenario: 'demo', baseline: 'git:main', ...request },
    worldIn(directory, { environment }),
    CAPABILITIES,
  )
}

describe('a baseline from git', () => {
  test('makes two variants of one: the commit in its checkout, and the working tree', async () => {
    const directory = await repositoryWith(files())
    const head = git(directory, 'rev-parse', 'HEAD')
    const plan = await planOf(directory)
    const { folder } = plan.checkout!
    expect(folder.startsWith(join(dirname(directory), `.flamegate-${head.slice(0, 12)}-`))).toBe(true)
    expect(plan.checkout).toEqual({ repository: directory, ref: 'main', commit: head, folder })
    expect(plan.baseline).toBe('current-base')
    expect(plan.variants).toMatchObject([
      {
        id: 'current-base',
        label: `main (${head.slice(0, 9)})`,
        command: [process.execPath, 'server.js', `${folder}/scenarios/../app/data`],
        directory: join(folder, 'app'),
        environment: { HOME_FOLDER: join(folder, 'scenarios') },
        node: process.execPath,
      },
      { id: 'current', label: 'working tree', directory: join(directory, 'app') },
    ])
    expect(plan.maxTime).toBe(80_000)
  })

  test('a Node binary inside of the repository stays where it is', async () => {
    const directory = await repositoryWith({ ...files(), 'bin/node': '' })
    const execPath = join(directory, 'bin/node')
    const plan = await makePlan(
      { scenario: 'demo', baseline: 'git:main' },
      worldIn(directory, { environment, platform: { ...worldIn('').platform, execPath } }),
      CAPABILITIES,
    )
    expect(plan.variants.map(({ command }) => command[0])).toEqual([execPath, execPath])
  })

  test('rewrites paths into the repository in lists and through symbolic links', async () => {
    const directory = await repositoryWith(files())
    const link = join(await folderWith({}), 'link')
    await symlink(directory, link)
    await commit(directory, {
      'scenarios/demo.js': scenario(
        `environment: { NODE_PATH: ['lib', '${link}/lib', '${directory}/lib', '${directory}-old'].join(':') },`,
      ).replace('environment: { HOME_FOLDER: import.meta.dirname },', ''),
    })
    const { checkout, variants } = await planOf(link)
    expect(checkout!.spellings).toEqual([link])
    const { folder } = checkout!
    expect(variants[0]!.directory).toBe(join(folder, 'app'))
    expect(variants[0]!.environment.NODE_PATH).toBe(`lib:${folder}/lib:${folder}/lib:${directory}-old`)
    expect(variants[1]!.environment.NODE_PATH).toContain(`${link}/lib`)
  })

  test('goes to the temporary files when nothing can be written next to the repository', async () => {
    const directory = await repositoryWith(files())
    await chmod(dirname(directory), 0o555)
    try {
      const isWritable = await access(dirname(directory), constants.W_OK).then(...YES_OR_NO)
      const { folder } = (await planOf(directory)).checkout!
      expect(dirname(folder)).toBe(isWritable ? dirname(directory) : tmpdir())
    } finally {
      await chmod(dirname(directory), 0o755)
    }
  })

  test('is prepared by `npm ci` next to the nearest lock file, whose content decides which modules are kept', async () => {
    const directory = await repositoryWith({ ...files(), 'package-lock.json': LOCK })
    const { checkout } = await planOf(directory)
    expect(checkout!.install).toMatchObject({
      command: ['npm', 'ci', '--no-audit', '--no-fund', '--prefer-offline'],
      directory: checkout!.folder,
      kept: expect.stringContaining(join(directory, '.bench', 'cache', 'modules')),
    })
    const again = await planOf(directory)
    expect(again.checkout!.install).toEqual({ ...checkout!.install, directory: again.checkout!.folder })
    await commit(directory, { 'app/package-lock.json': `${LOCK} `, 'app/package.json': '{}' })
    const nearer = await planOf(directory)
    expect(nearer.checkout!.install!.directory).toBe(join(nearer.checkout!.folder, 'app'))
    expect(nearer.checkout!.install!.kept).not.toBe(checkout!.install!.kept)
  })

  test.each([
    ['a script runs on install', { scripts: { prepare: 'node build.js' } }],
    ['there are workspaces', { workspaces: ['app'] }],
  ])('modules are not kept when %s: an install does more than fill one folder', async (_, manifest) => {
    const directory = await repositoryWith({
      ...files(),
      'package.json': JSON.stringify(manifest),
      'package-lock.json': LOCK,
    })
    const { checkout } = await planOf(directory)
    expect(checkout!.install).toMatchObject({ directory: checkout!.folder })
    expect(checkout!.install!.kept).toBeUndefined()
  })

  test('is prepared by the target’s own command, in the target’s folder, or not at all', async () => {
    const own = await repositoryWith({ ...files(`prepare: ['make', 'all'],`), 'package-lock.json': LOCK })
    const { checkout } = await planOf(own)
    expect(checkout!.prepare).toEqual({ command: ['make', 'all'], directory: join(checkout!.folder, 'app') })
    expect(checkout!.install).toMatchObject({ lockfile: 'package-lock.json' })
    expect(checkout!.install!.kept).toBeUndefined()
    const none = await repositoryWith({ ...files('prepare: false,'), 'package-lock.json': LOCK })
    const nothing = (await planOf(none)).checkout!
    expect([nothing.install, nothing.prepare]).toEqual([undefined, undefined])
  })

  test('reports uncommitted changes and a comparison of equal commits', async () => {
    const directory = await repositoryWith(files())
    const codes = async (request = {}) => (await planOf(directory, request)).findings!.map(({ code }) => code)
    expect(await codes()).toEqual(['same-commit'])
    await mkdir(join(directory, '.bench'))
    await writeFile(join(directory, '.bench', 'record.json'), '')
    expect(await codes()).toContain('same-commit')
    await writeFile(join(directory, 'app/server.js'), '// faster')
    expect(await codes()).toEqual(['uncommitted-changes'])
  })

  test('takes the variant that is asked for, and only one', async () => {
    const variants = `variants: { plain: {}, cached: { environment: { CACHE: '1' } } },`
    const directory = await repositoryWith(files('', variants))
    expect((await planOf(directory)).variants.map(({ id }) => id)).toEqual(['plain-base', 'plain'])
    const cached = await planOf(directory, { variants: ['cached'] })
    expect(cached.variants).toMatchObject([
      { id: 'cached-base', environment: { CACHE: '1' } },
      { id: 'cached' },
    ])
    await expect(planOf(directory, { variants: ['plain', 'cached'] })).rejects.toThrow(
      /Only one variant can be compared/,
    )
  })

  test('a branch that only the remote has is found by its name', async () => {
    const upstream = await repositoryWith(files())
    const folder = await folderWith({})
    git(folder, 'clone', '--quiet', upstream, 'clone')
    git(`${folder}/clone`, 'checkout', '--quiet', '--detach')
    git(`${folder}/clone`, 'branch', '--quiet', '-D', 'main')
    const { checkout } = await planOf(`${folder}/clone`)
    expect(checkout!.commit).toBe(git(upstream, 'rev-parse', 'main'))
  })
})

describe('what cannot be a baseline', () => {
  test.each([
    ['git:mian', /no commit `mian`/, /Did you mean `main`/],
    ['git:--help', /no commit `--help`/, /main/],
    ['git:', /`git:` is not a baseline/, /git:<ref>/],
    ['gti:main', /`gti:main` is not a baseline/, /git:<ref>/],
    ['variant:currant', /no variant `currant`/, /Did you mean `current`/],
    ['variant:current', /nothing to compare `current` with/, /--baseline git:main/],
  ])('%s', async (baseline, message, advice) => {
    const directory = await repositoryWith(files())
    await expect(planOf(directory, { baseline })).rejects.toMatchObject({
      name: 'UsageError',
      message: expect.stringMatching(message),
      advice: expect.stringMatching(advice),
    })
  })

  test('a commit that a shallow clone does not have', async () => {
    const upstream = await repositoryWith(files())
    git(upstream, 'tag', 'v1')
    await commit(upstream, { 'a.txt': '' })
    const folder = await folderWith({})
    git(folder, 'clone', '--quiet', '--depth=1', '--no-tags', `file://${upstream}`, 'clone')
    await expect(planOf(`${folder}/clone`, { baseline: 'git:v1' })).rejects.toMatchObject({
      message: 'The clone is shallow, and `v1` is not in it.',
      advice: expect.stringContaining('fetch-depth: 0'),
    })
  })

  test('a folder without git, and a machine without it', async () => {
    const directory = await folderWith(files())
    await expect(planOf(directory)).rejects.toThrow(/this folder is not in one/)
    const world = worldIn(directory, { environment: { PATH: '/nonexistent' } })
    await expect(makePlan({ scenario: 'demo', baseline: 'git:main' }, world, CAPABILITIES)).rejects.toThrow(
      /program `git` was not found/,
    )
  })

  test('A/A with another baseline', async () => {
    const directory = await repositoryWith(files())
    await expect(planOf(directory, { aa: true })).rejects.toMatchObject({
      advice: 'Drop `--baseline` or `--aa`.',
    })
  })
})
