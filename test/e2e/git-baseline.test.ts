/** A commit against the working tree, as a user runs it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { execa } from 'execa'
import { describe, expect, it } from 'vitest'
import { commit, git, repositoryWith } from '../git/repository.ts'
import { folderWith } from '../plan/world.ts'
import { BIN, flamegate, left } from './flamegate.ts'
import { SMALLEST } from './smallest.ts'

const project = () => repositoryWith(SMALLEST)

function expectNothingLeft(directory: string, output: string): void {
  expect(left(output)).toEqual([])
  expect(git(directory, 'worktree', 'list').split('\n')).toHaveLength(1)
  expect(readdirSync(dirname(directory))).toEqual(['package.json', basename(directory)])
}

/** A workspace whose service takes most of its time in a library of the same repository. */
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
  'packages/api/service.js': `import { createServer } from 'node:http'
import { work } from 'lib'
createServer((request, response) => response.end(String(work() > 0))).listen(Number(process.env.PORT), '127.0.0.1')
`,
  'packages/api/demo.js': SMALLEST['demo.js'].replace(
    'collectors: []',
    `collectors: [], gates: { 'cpu.perRequest': '+10%' }`,
  ),
}

describe('a regression in another package of the repository', () => {
  it('is found, though the service reaches the package through a link in the working tree', async () => {
    const directory = await repositoryWith({ ...WORKSPACE, ...library(200) })
    await commit(directory, library(4_000))
    const modules = join(directory, 'packages/api/node_modules')
    await mkdir(modules)
    await symlink('../../lib', join(modules, 'lib'))
    const { child, output } = flamegate(
      ['demo.js', '--baseline', 'git:HEAD^'],
      join(directory, 'packages/api'),
    )
    const { exitCode, stdout, stderr } = await child
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 1 })
    expect(stdout).toContain('regressed')
    expectNothingLeft(directory, output)
    expect(existsSync(join(modules, 'lib', 'index.js'))).toBe(true)
  })
})

describe('--baseline git:<ref>', () => {
  it('measures the commit beside the working tree, in the same rounds, and leaves no worktree', async () => {
    const directory = await project()
    await writeFile(join(directory, 'service.js'), `${SMALLEST['service.js']}// a comment\n`)
    const { child, output } = flamegate(['demo.js', '--baseline', 'git:main', '--rounds', '2'], directory)
    const { exitCode, stdout, stderr } = await child
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 })
    expect(stderr).toContain('checking out main (')
    expect(stdout).toContain('working tree')
    const { plan, rounds, findings } = JSON.parse(readFileSync(`${output}/record.json`, 'utf8'))
    expect(plan.checkout).toMatchObject({ ref: 'main', commit: git(directory, 'rev-parse', 'HEAD') })
    expect(findings).toMatchObject([{ code: 'uncommitted-changes' }])
    for (const { launches } of rounds)
      expect(launches.map(({ variant }: { variant: string }) => variant)).toEqual(['current-base', 'current'])
    expectNothingLeft(directory, output)
  })

  it('leaves a worktree when it is killed, which `clean` removes with links in it, and nothing that they lead to', async () => {
    const directory = await project()
    const outside = await folderWith({ 'index.js': '' })
    await mkdir(join(directory, 'node_modules'))
    await symlink(outside, join(directory, 'node_modules', 'outside'))
    await symlink('..', join(directory, 'node_modules', 'own'))
    // Leases of other runs on this machine do not concern this test.
    const own = { TMPDIR: await folderWith({}) }
    const { child, output } = flamegate(['demo.js', '--baseline', 'git:main'], directory, own)
    child.stderr.on('data', text => {
      if (String(text).includes('warm-up')) child.kill('SIGKILL')
    })
    await child
    expect(git(directory, 'worktree', 'list').split('\n')).toHaveLength(2)
    const { stdout } = await execa(process.execPath, [BIN, 'clean'], { cwd: directory, env: own })
    expect(stdout).toMatch(/The checkout .*\.flamegate-.* removed\./)
    expectNothingLeft(directory, output)
    expect(readdirSync(outside)).toContain('index.js')
    expect(readdirSync(directory)).toEqual(expect.arrayContaining(['.git', 'demo.js', 'node_modules']))
  })

  it('leaves no worktree when it is interrupted in the middle of a round', async () => {
    const directory = await project()
    const { child, output } = flamegate(['demo.js', '--baseline', 'git:main'], directory)
    child.stderr.on('data', text => {
      if (String(text).includes('warm-up')) child.kill('SIGINT')
    })
    expect((await child).exitCode).toBe(130)
    expectNothingLeft(directory, output)
  })
})
