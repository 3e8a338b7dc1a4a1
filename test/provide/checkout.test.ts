import { existsSync, readFileSync } from 'node:fs'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { execa } from 'execa'
import { describe, expect, test } from 'vitest'
import { stateOf } from '../../harness/kernel/processes.ts'
import type { Progress } from '../../harness/model/world.ts'
import { makePlan } from '../../harness/plan/index.ts'
import { provide } from '../../harness/provide/index.ts'
import { commit, git, repositoryWith } from '../git/repository.ts'
import { CAPABILITIES, folderWith, worldIn } from '../plan/world.ts'
import { registryWith } from './registry.ts'

const environment = { PATH: process.env.PATH, HOME: process.env.HOME }

const scenario = (target = '', command = `['node', 'server.js']`) => `export default {
  target: { name: 'shop', command: ${command}, directory: import.meta.dirname, ${target} },
  load: { steps: [{ name: 'GET /', method: 'GET', path: '/' }] },
}
`

/** A project with one dependency from a registry, locked. */
async function withDependency() {
  const registry = await registryWith([{ name: 'greet', version: '1.0.0', index: '' }])
  const manifest = { name: 'shop', version: '1.0.0', dependencies: { greet: '1.0.0' } }
  const folder = await folderWith({ 'package.json': JSON.stringify(manifest) })
  const env = { ...environment, ...registry }
  await execa('npm', ['install', '--package-lock-only', '--no-audit'], { cwd: folder, env })
  const files = ['package.json', 'package-lock.json'].map(name => [
    name,
    readFileSync(join(folder, name), 'utf8'),
  ])
  return { registry, directory: await twoCommits(Object.fromEntries(files)) }
}

async function provided(
  directory: string,
  signal = new AbortController().signal,
  registry: Record<string, string> = {},
) {
  const said: Progress[] = []
  const world = worldIn(directory, {
    environment: { ...environment, ...registry },
    signal,
    emit: progress => said.push(progress),
  })
  const plan = await makePlan({ scenario: 'demo.js', baseline: 'git:HEAD^' }, world, CAPABILITIES)
  return { plan, said, folder: plan.checkout!.folder, make: () => provide(plan, world) }
}

/** Two commits, of which the first has these files. */
async function twoCommits(first: Record<string, string>, then: Record<string, string> = {}) {
  const directory = await repositoryWith({ 'demo.js': scenario(), 'server.js': '', ...first })
  await commit(directory, { 'server.js': '// changed', ...then })
  return directory
}

const worktrees = (directory: string) => git(directory, 'worktree', 'list').split('\n').length - 1

async function expectNothingLeft(directory: string) {
  expect(worktrees(directory)).toBe(0)
  expect(await readdir(dirname(directory))).toEqual(['package.json', basename(directory)])
}

describe('a checkout', () => {
  test('has the files of the commit, does not disturb git, and is removed afterwards', async () => {
    const directory = await twoCommits({ 'server.js': '// old' })
    const { folder, make } = await provided(directory)
    const { release } = await make()
    expect(await readFile(join(folder, 'server.js'), 'utf8')).toBe('// old')
    expect(git(directory, 'status', '--porcelain')).toBe('')
    await release()
    await expectNothingLeft(directory)
    await release()
  })

  test('runs no hooks', async () => {
    const directory = await twoCommits({})
    const hook = join(directory, '.git', 'hooks', 'post-checkout')
    await writeFile(hook, `#!/bin/sh\ntouch ${directory}/hooked\n`, { mode: 0o755 })
    const { make } = await provided(directory)
    await (await make()).release()
    expect(existsSync(join(directory, 'hooked'))).toBe(false)
  })

  test('is prepared by an install, and its modules are kept for the next one', async () => {
    const { directory, registry } = await withDependency()
    const first = await provided(directory, undefined, registry)
    const { release } = await first.make()
    expect(existsSync(join(first.folder, 'node_modules', 'greet', 'package.json'))).toBe(true)
    await release()
    await expectNothingLeft(directory)
    const second = await provided(directory, undefined, registry)
    const { release: releaseSecond } = await second.make()
    expect(existsSync(join(second.folder, 'node_modules', 'greet', 'package.json'))).toBe(true)
    const installs = (said: Progress[]) =>
      said.filter(progress => progress.type === 'prepare' && progress.what.includes('npm ci')).length
    expect([installs(first.said), installs(second.said)]).toEqual([1, 0])
    await releaseSecond()
    expect(existsSync(second.plan.checkout!.install!.kept!)).toBe(true)
  })

  test('two runs at once have a folder each, and the modules of one of them are kept', async () => {
    const { directory, registry } = await withDependency()
    const runs = [
      await provided(directory, undefined, registry),
      await provided(directory, undefined, registry),
    ]
    const made = await Promise.all(runs.map(({ make }) => make()))
    expect(worktrees(directory)).toBe(2)
    await Promise.all(made.map(({ release }) => release()))
    await expectNothingLeft(directory)
    expect(existsSync(runs[0]!.plan.checkout!.install!.kept!)).toBe(true)
  })

  test('of a killed run is removed by the next one', async () => {
    const directory = await twoCommits({})
    const abandoned = join(directory, '.bench', 'worktrees', 'abcdef012345-999999999-abcdef')
    await mkdir(join(directory, '.bench', 'worktrees'), { recursive: true })
    git(directory, 'worktree', 'add', '--quiet', '--detach', abandoned, 'HEAD')
    const { make } = await provided(directory)
    const { release } = await make()
    expect(existsSync(abandoned)).toBe(false)
    await release()
    await expectNothingLeft(directory)
  })
})

describe('what keeps a checkout from running', () => {
  test('a failed preparation: its output is shown, and nothing is left', async () => {
    const prepare = `prepare: ['node', '-e', 'console.log("compiling"); console.error("no such module"); process.exit(4)'],`
    const directory = await twoCommits({ 'demo.js': scenario(prepare) })
    const { make } = await provided(directory)
    await expect(make()).rejects.toMatchObject({
      name: 'MeasureError',
      message: expect.stringMatching(/^Preparing HEAD\^ \(.*\) failed \(code 4\)\.$/),
      details: 'compiling\nno such module',
      advice: expect.stringContaining('prepare'),
    })
    await expectNothingLeft(directory)
  })

  test('a missing program', async () => {
    const directory = await twoCommits({ 'demo.js': scenario(`prepare: ['no-such-program'],`) })
    const { make } = await provided(directory)
    await expect(make()).rejects.toMatchObject({ details: expect.stringContaining('ENOENT') })
    await expectNothingLeft(directory)
  })

  test.each([
    ['the file server.js', `['node', '--no-warnings', 'server.js']`, {}],
    ['the npm script `start`', `['npm', 'start']`, {}],
    [
      'the npm script `serve`',
      `['npm', 'run', '--silent', 'serve']`,
      { 'package.json': '{"scripts":{"start":"node ."}}' },
    ],
  ])('it has not %s', async (what, command, files) => {
    const directory = await repositoryWith({ 'demo.js': scenario('', command), ...files })
    await commit(directory, { 'server.js': '' })
    const { make } = await provided(directory)
    await expect(make()).rejects.toMatchObject({
      name: 'MeasureError',
      message: expect.stringMatching(/^HEAD\^ \(.*\) does not have .*, so it cannot be started\.$/),
    })
    await expect(make()).rejects.toThrow(what)
    await expectNothingLeft(directory)
  })

  test('a folder that the commit does not have', async () => {
    const directory = await repositoryWith({})
    await commit(directory, {
      'app/server.js': '',
      'demo.js': scenario(`directory: import.meta.dirname + '/app',`),
    })
    const { make } = await provided(directory)
    await expect(make()).rejects.toThrow(/does not have the folder app/)
    await expectNothingLeft(directory)
  })

  test('an interruption ends the preparation and everything that it has started', async () => {
    const prepare = `prepare: ['sh', '-c', 'echo $$ > pid; sleep 1000 & echo $! >> pid; mv pid ../started; wait'],`
    const directory = await twoCommits({ 'demo.js': scenario(prepare) })
    const controller = new AbortController()
    const { make } = await provided(directory, controller.signal)
    const making = make()
    const started = join(dirname(directory), 'started')
    while (!existsSync(started)) await new Promise(resolve => setImmediate(resolve))
    controller.abort()
    await expect(making).rejects.toBe(controller.signal.reason)
    const pids = (await readFile(started, 'utf8')).trim().split('\n').map(Number)
    expect(pids).toHaveLength(2)
    for (const pid of pids) expect(['', 'Z']).toContain(stateOf(pid))
    expect(worktrees(directory)).toBe(0)
  })

  test('a folder that cannot be written', async () => {
    const directory = await twoCommits({})
    await writeFile(join(directory, '.bench'), 'a file where the folder should be')
    const { make } = await provided(directory)
    await expect(make()).rejects.toMatchObject({
      name: 'MeasureError',
      message: 'The baseline cannot be checked out here.',
      advice: expect.stringContaining('Free some space'),
    })
    expect(worktrees(directory)).toBe(0)
  })
})
