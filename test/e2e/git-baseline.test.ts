/** A commit against the working tree. */
import { existsSync, readdirSync } from 'node:fs'
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { commit, git, repositoryWith } from '../git/repository.ts'
import { folderWith } from '../plan/world.ts'
import { Flamegate, flamegate, recordIn } from './flamegate.ts'
import { SHORT, SMALLEST, scenario, service } from './project.ts'

const project = () => repositoryWith(SMALLEST)

function expectNoWorktree(directory: string): void {
  expect(git(directory, 'worktree', 'list').split('\n')).toHaveLength(1)
  expect(readdirSync(dirname(directory))).toEqual(['package.json', basename(directory)])
}

/** A workspace whose service spends most of its time in a library of the same repository. */
const library = (turns: number) => ({
  'packages/lib/index.js': `export function work() {
    let sum = 0
    for (let i = 0; i < ${turns}; i++) sum += Math.sqrt(i * sum + 1)
    return sum
  }\n`,
})

const WORKSPACE = {
  '.gitignore': 'node_modules\n.bench\n',
  'pnpm-lock.yaml': "lockfileVersion: '9.0'\n",
  'packages/lib/package.json': '{ "name": "lib", "type": "module", "exports": "./index.js" }',
  'packages/api/package.json':
    '{ "name": "api", "type": "module", "dependencies": { "lib": "workspace:*" } }',
  'packages/api/service.js': service('response.end(String(work() > 0))', "import { work } from 'lib'"),
  'packages/api/demo.js': scenario(`${SHORT} gates: { 'cpu.perRequest': '+10%' },`),
}

describe('a regression in another package of the repository', () => {
  it('is found, even though the service reaches the package through a link in the working tree', {
    timeout: 120_000,
  }, async () => {
    const directory = await repositoryWith({ ...WORKSPACE, ...library(200) })
    await commit(directory, library(4_000))
    const modules = join(directory, 'packages/api/node_modules')
    await mkdir(modules)
    await symlink('../../lib', join(modules, 'lib'))
    const run = await flamegate(['demo.js', '--baseline', 'git:HEAD^'], {
      directory: join(directory, 'packages/api'),
    })
    expect(run).toMatchObject({ exitCode: 1, left: [], stdout: expect.stringContaining('regressed') })
    expectNoWorktree(directory)
    expect(existsSync(join(modules, 'lib', 'index.js'))).toBe(true)
  })
})

describe('--baseline git:<ref>', () => {
  it('measures the commit in the same rounds as the working tree, and leaves no worktree', async () => {
    const directory = await project()
    await writeFile(join(directory, 'service.js'), `${SMALLEST['service.js']}// a comment\n`)
    const run = await flamegate(['demo.js', '--baseline', 'git:main', '--rounds', '2'], { directory })
    expect(run).toMatchObject({ exitCode: 0, left: [] })
    expect(run.stderr).toContain('checking out main (')
    expect(run.stdout).toContain('working tree')
    const { plan, rounds, findings } = recordIn(run.output)
    expect(plan.checkout).toMatchObject({ ref: 'main', commit: git(directory, 'rev-parse', 'HEAD') })
    expect(findings).toMatchObject([{ code: 'uncommitted-changes' }])
    for (const { launches } of rounds)
      expect(launches.map(({ variant }) => variant)).toEqual(['current-base', 'current'])
    expectNoWorktree(directory)
  })

  it('leaves a worktree when it is killed, and `clean` removes it without following its links', async () => {
    const directory = await project()
    const outside = await folderWith({ 'index.js': '' })
    await mkdir(join(directory, 'node_modules'))
    await symlink(outside, join(directory, 'node_modules', 'outside'))
    await symlink('..', join(directory, 'node_modules', 'own'))
    const run = new Flamegate(['demo.js', '--baseline', 'git:main'], { directory })
    await run.said(/warm-up/)
    run.child.kill('SIGKILL')
    await run.ended()
    expect(git(directory, 'worktree', 'list').split('\n')).toHaveLength(2)
    expect((await run.also('clean')).stdout).toMatch(/The checkout .*\.flamegate-.* removed\./)
    expect(run.processes()).toEqual([])
    expectNoWorktree(directory)
    expect(readdirSync(outside)).toContain('index.js')
    expect(readdirSync(directory)).toEqual(expect.arrayContaining(['.git', 'demo.js', 'node_modules']))
  })

  it('leaves no worktree when it is interrupted in the middle of a round', async () => {
    const directory = await project()
    const run = new Flamegate(['demo.js', '--baseline', 'git:main'], { directory })
    await run.said(/warm-up/)
    run.child.kill('SIGINT')
    expect(await run.ended()).toMatchObject({ exitCode: 130, left: [] })
    expectNoWorktree(directory)
  })
})
