/** Modules of a base that package managers install, from a registry on this machine. */
import { existsSync } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { describe, expect, test } from 'vitest'
import { commit, git, repositoryWith } from '../git/repository.ts'
import { API, baseOf, FAST, isWithin, json, link, SLOW, scenario, withNpm } from './base.ts'
import { registryWith } from './registry.ts'

describe('with npm', () => {
  const GREET = { name: 'greet', version: '1.0.0', index: '' }

  /** Installed and committed, then the library made slow, and committed. */
  async function installed(files: Record<string, string>, packages = [GREET]) {
    const registry = await registryWith(packages)
    const directory = await repositoryWith({ ...API, ...files, ...FAST })
    const environment = withNpm(registry)
    const install = (cwd = directory) =>
      execa('npm', ['install', '--no-audit', '--no-fund'], { cwd, env: environment, extendEnv: false })
    return { directory, environment, install }
  }

  /** What no empty lock file goes with. */
  const NEEDY = { 'package.json': json({ dependencies: { greet: '1.0.0' } }) }
  const WORKSPACES = { 'package.json': json({ workspaces: ['packages/*'] }) }

  test('workspaces are those of the commit', async () => {
    const { directory, environment, install } = await installed(WORKSPACES)
    await install()
    await commit(directory, {})
    await commit(directory, SLOW)
    const { makes, loads, folder, plan } = await baseOf(directory, environment)
    const { release, codes } = await makes()
    expect([codes, plan.checkout!.install!.kept]).toEqual([[], undefined])
    const { value, files } = await loads('@org/lib')
    expect(value).toBe('fast')
    expect(files.every(isWithin(folder))).toBe(true)
    await release()
    expect(existsSync(join(directory, 'node_modules/@org/lib/index.js'))).toBe(true)
  })

  test.each(['true', 'false'])('so are `file:` dependencies, with install-links=%s', async copies => {
    const { directory, environment, install } = await installed({
      'packages/api/package.json': json({ name: 'api', dependencies: { '@org/lib': 'file:../lib' } }),
      'packages/api/.npmrc': `install-links=${copies}\n`,
    })
    const api = join(directory, 'packages/api')
    await install(api)
    await commit(directory, {})
    await commit(directory, { 'packages/lib/index.js': `module.exports = 'slower'` })
    await commit(directory, SLOW)
    if (copies === 'true') {
      const { makes } = await baseOf(directory, environment)
      await expect(makes()).rejects.toMatchObject({
        name: 'MeasureError',
        message: 'The working tree runs an old copy of its package @org/lib.',
        details: 'packages/lib/index.js has changed since it was copied.',
        advice: expect.stringContaining('Reinstall'),
      })
      await rm(join(api, 'node_modules'), { recursive: true })
      await install(api)
    }
    for (const [ref, value] of [
      ['HEAD^^', 'fast'],
      ['HEAD^', 'slower'],
    ]) {
      const { makes, loads } = await baseOf(directory, environment, ref)
      const { release } = await makes()
      expect((await loads('@org/lib')).value).toBe(value)
      await release()
    }
  })

  test('a failed install is replaced by a copy where the modules are the same', async () => {
    const { directory, environment } = await installed({ ...NEEDY, 'package-lock.json': '{}' })
    await commit(directory, SLOW)
    await link(directory, 'node_modules/@org/lib', '../../packages/lib')
    const { makes, loads } = await baseOf(directory, environment)
    const { release, findings } = await makes()
    expect(findings).toMatchObject([
      { code: 'copied-modules', message: expect.stringMatching(/^`npm ci.* failed \(npm err/) },
    ])
    expect((await loads('@org/lib')).value).toBe('fast')
    await release()
  })

  test('and its message is shown where they are not', async () => {
    const { directory, environment } = await installed({ ...NEEDY, 'package-lock.json': '{}' })
    await commit(directory, { 'package-lock.json': '{ }' })
    await link(directory, 'node_modules/@org/lib', '../../packages/lib')
    const { makes } = await baseOf(directory, environment)
    await expect(makes()).rejects.toMatchObject({ details: expect.stringContaining('npm error') })
  })

  test('a target with a build gets the modules of the commit first, though the lock file differs', async () => {
    const { directory, environment, install } = await installed(
      {
        'demo.js': scenario(`prepare: ['node', '-e', 'import("greet").then(it => console.log(it.default))']`),
        'package.json': json({ dependencies: { greet: '1.0.0' } }),
      },
      [GREET, { ...GREET, version: '2.0.0' }],
    )
    await install()
    await commit(directory, {})
    await commit(directory, { 'package.json': json({ dependencies: { greet: '2.0.0' } }) })
    await install()
    await commit(directory, {})
    const { makes, folder } = await baseOf(directory, environment, 'HEAD^^')
    const { release, codes } = await makes()
    expect(codes).toEqual([])
    expect(await readFile(join(folder, 'node_modules/greet/package.json'), 'utf8')).toContain('1.0.0')
    await release()
  })

  test('a package that was linked by hand comes from the commit, and the modules are not kept', async () => {
    const { directory, environment, install } = await installed({
      'package.json': json({ dependencies: { greet: '1.0.0' } }),
      'packages/api/package.json': '{}',
    })
    await install()
    await commit(directory, {})
    await commit(directory, SLOW)
    await rm(join(directory, 'node_modules/greet'), { recursive: true })
    await link(directory, 'node_modules/greet', '../packages/lib')
    await link(directory, 'packages/api/node_modules/@org/lib', '../../../lib')
    const { makes, loads, plan } = await baseOf(directory, environment)
    const { release } = await makes()
    expect([(await loads('greet')).value, (await loads('@org/lib')).value]).toEqual(['fast', 'fast'])
    await release()
    expect(plan.checkout!.install!.kept).toEqual(expect.any(String))
    expect(existsSync(plan.checkout!.install!.kept!)).toBe(false)
  })

  test('a module that only the working tree has installed is not found further up', async () => {
    const optional = { ...GREET, index: '' }
    const { directory, environment, install } = await installed(
      { 'package.json': json({ name: 'shop', dependencies: {} }), 'packages/api/package.json': '{}' },
      [optional],
    )
    await install()
    await commit(directory, {})
    await commit(directory, { 'package.json': json({ name: 'shop', dependencies: { greet: '1.0.0' } }) })
    await install()
    const { makes, loads } = await baseOf(directory, environment)
    const { release } = await makes()
    await expect(loads('greet')).rejects.toThrow(/Cannot find module 'greet'/)
    await release()
  })

  test('a client that a package generates comes from the schema of its own commit', async () => {
    const generator = {
      name: 'client',
      version: '1.0.0',
      index: `export { default } from './generated.js'`,
      scripts: { postinstall: 'node generate.mjs' },
      files: {
        'generated.js': `export default 'nothing'`,
        'generate.mjs': `import { readFileSync, writeFileSync } from 'node:fs'
          const schema = readFileSync(process.env.INIT_CWD + '/schema.txt', 'utf8')
          writeFileSync('generated.js', 'export default ' + JSON.stringify(schema))`,
      },
    }
    const { directory, environment, install } = await installed(
      { 'package.json': json({ dependencies: { client: '1.0.0' } }), 'schema.txt': 'one' },
      [generator],
    )
    await install()
    await commit(directory, {})
    await commit(directory, { 'schema.txt': 'two' })
    await commit(directory, { 'schema.txt': 'three' })
    for (const [ref, schema] of [
      ['HEAD^^', 'one'],
      ['HEAD^', 'two'],
      ['HEAD^^', 'one'],
    ]) {
      const { makes, folder } = await baseOf(directory, environment, ref)
      const { release } = await makes()
      const generated = join(folder, 'node_modules/client/generated.js')
      expect(await readFile(generated, 'utf8')).toContain(schema)
      await release()
    }
    expect(git(directory, 'status', '--porcelain')).toBe('')
  })
})
