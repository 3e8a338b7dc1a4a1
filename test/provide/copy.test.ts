/** Whose module it is that a base loads where nothing can be installed: resolved by a real Node in the checkout. */
import { existsSync } from 'node:fs'
import { lstat, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { describe, expect, test } from 'vitest'
import { commit, repositoryWith } from '../git/repository.ts'
import { folderWith } from '../plan/world.ts'
import { API, bareEnvironment, baseOf, FAST, isWithin, json, link, put, SLOW, scenario } from './base.ts'

describe('without a package manager, whatever leads to the library', () => {
  test.each<[string, (directory: string) => Promise<void>]>([
    [
      'a link in the service',
      directory => link(directory, 'packages/api/node_modules/@org/lib', '../../../lib'),
    ],
    ['a link in the root', directory => link(directory, 'node_modules/@org/lib', '../../packages/lib')],
    [
      'an absolute link',
      directory => link(directory, 'node_modules/@org/lib', join(directory, 'packages/lib')),
    ],
    [
      'a link to a place outside that leads back, as `npm link` makes',
      async directory => {
        const global = await folderWith({})
        await link(global, 'node_modules/@org/lib', join(directory, 'packages/lib'))
        await link(directory, 'packages/api/node_modules/@org/lib', join(global, 'node_modules/@org/lib'))
      },
    ],
    [
      'a link by way of another',
      async directory => {
        await link(directory, 'packages/node_modules/@org/lib', '../../lib')
        await link(directory, 'node_modules/@org/lib', '../../packages/node_modules/@org/lib')
      },
    ],
    [
      'a link by way of a place that git ignores',
      async directory => {
        await link(directory, '.bench/lib', '../packages/lib')
        await link(directory, 'node_modules/@org/lib', '../../.bench/lib')
      },
    ],
    [
      'a scope that is a link',
      async directory => {
        await link(directory, 'packages/node_modules/@org/lib', '../../lib')
        await link(directory, 'packages/api/node_modules', '../node_modules')
      },
    ],
  ])('%s, the base has it as it was', async (_, make) => {
    const directory = await repositoryWith({ ...API, 'pnpm-lock.yaml': '', ...FAST })
    await commit(directory, SLOW)
    await make(directory)
    const { folder, makes, loads } = await baseOf(directory, await bareEnvironment())
    const { release, codes } = await makes()
    expect(codes).toEqual(['copied-modules'])
    const { value, files } = await loads('@org/lib')
    expect(value).toBe('fast')
    expect(files.filter(isWithin(directory))).toEqual([])
    await release()
    expect(existsSync(folder)).toBe(false)
    expect(await readFile(join(directory, 'packages/lib/index.js'), 'utf8')).toContain('slow')
  })

  test('an installed package finds the repository’s packages, and all others, in the checkout', async () => {
    const directory = await repositoryWith({ ...API, ...FAST })
    await commit(directory, SLOW)
    await put(directory, {
      'node_modules/.pnpm/host@1.0.0/node_modules/host/index.js': `module.exports = [require('@org/lib'), require('deep')]`,
      'node_modules/.pnpm/deep@1.0.0/node_modules/deep/index.js': `module.exports = 'deep'`,
    })
    await link(
      directory,
      'node_modules/.pnpm/host@1.0.0/node_modules/@org/lib',
      '../../../../../packages/lib',
    )
    await link(
      directory,
      'node_modules/.pnpm/host@1.0.0/node_modules/deep',
      '../../deep@1.0.0/node_modules/deep',
    )
    await link(
      directory,
      'packages/api/node_modules/host',
      '../../../node_modules/.pnpm/host@1.0.0/node_modules/host',
    )
    const { folder, makes, loads } = await baseOf(directory, await bareEnvironment())
    const { release } = await makes()
    const { value, files } = await loads('host')
    expect(value).toEqual(['fast', 'deep'])
    expect(files.filter(file => !isWithin(folder)(file))).toEqual([])
    await release()
    expect(existsSync(join(directory, 'node_modules/.pnpm/deep@1.0.0/node_modules/deep/index.js'))).toBe(true)
  })

  test('programs in `.bin` are those of the commit', async () => {
    const directory = await repositoryWith({ ...API, 'packages/lib/cli.js': `console.log('fast')` })
    await commit(directory, { 'packages/lib/cli.js': `console.log('slow')` })
    await link(directory, 'node_modules/@org/lib', '../../packages/lib')
    await link(directory, 'node_modules/.bin/lib', '../@org/lib/cli.js')
    const { folder, makes } = await baseOf(directory, await bareEnvironment())
    const { release } = await makes()
    const { stdout } = await execa(process.execPath, [join(folder, 'node_modules/.bin/lib')])
    expect(stdout).toBe('fast')
    await release()
  })

  test('generated code and caches are not copied', async () => {
    const directory = await repositoryWith({ ...API, ...FAST })
    await commit(directory, SLOW)
    await put(directory, {
      'node_modules/.prisma/client/index.js': '',
      'node_modules/.cache/a': '',
      'node_modules/client/index.js': `module.exports = require('.prisma/client')`,
      'node_modules/client/package.json': json({ name: 'client', scripts: { postinstall: 'generate' } }),
      'packages/lib/generated.js': '',
    })
    const { folder, makes, loads } = await baseOf(directory, await bareEnvironment())
    const { release, codes, findings } = await makes()
    expect(codes).toEqual(['copied-modules', 'scripted-modules'])
    expect(findings[1]!.message).toContain('client')
    await expect(loads('client')).rejects.toThrow(/Cannot find module '.prisma\/client'/)
    expect(existsSync(join(folder, 'packages/lib/generated.js'))).toBe(false)
    await release()
  })

  test('a link to a folder outside of the repository is kept, and so is the folder', async () => {
    const outside = await folderWith({ 'index.js': `module.exports = 'outside'`, 'package.json': '{}' })
    const directory = await repositoryWith({ ...API, ...FAST })
    await commit(directory, SLOW)
    await link(directory, 'packages/api/node_modules/other', outside)
    const { folder, makes, loads } = await baseOf(directory, await bareEnvironment())
    const { release } = await makes()
    expect((await loads('other')).value).toBe('outside')
    await release()
    expect(existsSync(folder)).toBe(false)
    expect(existsSync(join(outside, 'index.js'))).toBe(true)
    expect((await lstat(join(directory, 'packages/api/node_modules/other'))).isSymbolicLink()).toBe(true)
  })

  test.each([
    ['by name', 'node_modules/@org/lib', 'packages/api/node_modules/@org/lib'],
    [
      'in a store',
      'packages/api/node_modules/@org/lib',
      'node_modules/.pnpm/@org+lib@file+packages+lib/node_modules/@org/lib',
    ],
  ])(
    'a copy that a manager made of a folder of the repository is one of the commit’s: %s',
    async (_, __, place) => {
      const manifest = { name: 'api', dependencies: { '@org/lib': 'file:../lib' } }
      const directory = await repositoryWith({ ...API, 'packages/api/package.json': json(manifest), ...FAST })
      await commit(directory, SLOW)
      await put(directory, {
        [`${place}/index.js`]: `module.exports = 'slow'`,
        [`${place}/package.json`]: API['packages/lib/package.json'],
        [`${place}/node_modules/deep/index.js`]: `module.exports = 'deep'`,
      })
      if (place.includes('.pnpm'))
        await link(directory, 'packages/api/node_modules/@org/lib', join(directory, place))
      const { makes, loads, folder } = await baseOf(directory, await bareEnvironment())
      const { release } = await makes()
      const { value, files } = await loads('@org/lib')
      expect(value).toBe('fast')
      expect(files.every(isWithin(folder))).toBe(true)
      expect(existsSync(join(folder, place, 'node_modules/deep/index.js'))).toBe(true)
      await release()
    },
  )

  test('a module that the commit does not have is not found further up', async () => {
    const directory = await repositoryWith({
      ...API,
      'demo.js': scenario('prepare: [process.execPath, "-e", "0"]'),
    })
    await commit(directory, {
      'packages/api/package.json': json({ dependencies: { '@org/lib': '*', fast: '1' } }),
    })
    await put(directory, { 'node_modules/fast/index.js': '', 'packages/api/node_modules/fast/index.js': '' })
    const { makes, loads } = await baseOf(directory, await bareEnvironment())
    const { release } = await makes()
    await expect(loads('fast')).rejects.toThrow(/Cannot find module 'fast'/)
    await release()
  })
})

describe('modules that are not available end the run', () => {
  test('another lock file, whose manager is missing', async () => {
    const directory = await repositoryWith({ ...API, 'pnpm-lock.yaml': 'a', ...FAST })
    await commit(directory, { 'pnpm-lock.yaml': 'b' })
    await link(directory, 'node_modules/@org/lib', '../../packages/lib')
    const { makes, folder } = await baseOf(directory, await bareEnvironment())
    await expect(makes()).rejects.toMatchObject({
      name: 'MeasureError',
      message: expect.stringMatching(
        /^The modules of HEAD\^ \(.*\) are not available: `pnpm` is not on this machine, or not in the right version, and pnpm-lock\.yaml differs from the working tree’s\.$/,
      ),
      place: join(directory, 'pnpm-lock.yaml'),
      advice: expect.stringMatching(/Install pnpm, or set `prepare`/),
    })
    expect(existsSync(folder)).toBe(false)
  })

  test('other dependencies and no lock file', async () => {
    const directory = await repositoryWith({ ...API, ...FAST })
    await commit(directory, { 'packages/api/package.json': json({ dependencies: { '@org/lib': '2' } }) })
    await link(directory, 'node_modules/@org/lib', '../../packages/lib')
    const { makes } = await baseOf(directory, await bareEnvironment())
    await expect(makes()).rejects.toMatchObject({
      message: expect.stringContaining('the dependencies in packages/api/package.json differ'),
      advice: expect.stringContaining('Commit a lock file'),
    })
  })

  test('copies in archives', async () => {
    const manifest = { dependencies: { '@org/lib': 'file:../lib' } }
    const directory = await repositoryWith({ ...API, 'packages/api/package.json': json(manifest), ...FAST })
    await commit(directory, SLOW)
    await put(directory, { '.pnp.cjs': '' })
    const { makes } = await baseOf(directory, await bareEnvironment())
    await expect(makes()).rejects.toMatchObject({
      place: '@org/lib',
      advice: expect.stringContaining('link:'),
    })
  })

  test.each([
    ['by name', 'packages/api/node_modules/@org/lib', 'file:../lib'],
    ['in a store', 'node_modules/.pnpm/@org+lib@file+packages+lib/node_modules/@org/lib', 'workspace:*'],
  ])('a copy that the working tree made before its last change: %s', async (_, place, range) => {
    const manifest = { dependencies: { '@org/lib': range } }
    const directory = await repositoryWith({ ...API, 'packages/api/package.json': json(manifest), ...FAST })
    await commit(directory, SLOW)
    await put(directory, { [`${place}/index.js`]: FAST['packages/lib/index.js'] })
    if (place.includes('.pnpm'))
      await link(directory, 'packages/api/node_modules/@org/lib', join(directory, place))
    const { makes } = await baseOf(directory, await bareEnvironment())
    await expect(makes()).rejects.toMatchObject({ name: 'MeasureError', place })
    await put(directory, { [`${place}/index.js`]: SLOW['packages/lib/index.js'] })
    await (await makes()).release()
  })

  test('but not packages that are not installed', async () => {
    const directory = await repositoryWith({ ...API, 'pnpm-lock.yaml': 'a' })
    await commit(directory, { 'pnpm-lock.yaml': 'b' })
    const { makes } = await baseOf(directory, await bareEnvironment())
    const { release, codes } = await makes()
    expect(codes).toEqual([])
    await release()
  })
})
