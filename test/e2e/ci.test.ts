/** `flamegate ci` as a CI system runs it: a repository, a base, a commit on top of it. */
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { parse } from 'junit2json'
import { describe, expect, test } from 'vitest'
import { folderWith } from '../plan/world.ts'
import { PROJECT } from './flamegate.ts'

const BIN = fileURLToPath(new URL('../../harness/bin.js', import.meta.url))

const scenario = (target = '') => `export default {
  target: {
    name: 'service',
    command: ['node', 'service.js'],
    directory: import.meta.dirname + '/..',
    ready: '/ready',
    timeout: 3_000,
    ${target}
  },
  load: { steps: [{ name: 'GET /', method: 'GET', path: '/' }], connections: 4 },
  gates: {
    'cpu.perRequest': '+50%',
    errors: 0,
  },
  warmup: { requests: 400, timeout: 1_000 },
  collectors: [],
  ci: true,
}
`

/** A repository with a base on `main` and a branch on top of it. */
async function repository(scenarioText = scenario(), base: Record<string, string> = {}) {
  const folder = await folderWith({ '.gitignore': '.bench/\nnode_modules/\n', ...base })
  git(folder, 'init', '--quiet', '--initial-branch=main')
  if (!('README' in base)) copyService(folder)
  commit(folder, 'base')
  git(folder, 'checkout', '--quiet', '-b', 'change')
  copyService(folder)
  mkdirSync(join(folder, 'scenarios'))
  writeFileSync(join(folder, 'scenarios/service.js'), scenarioText)
  commit(folder, 'change')
  return folder
}

function git(folder: string, ...args: string[]) {
  const who = ['-c', 'user.name=somebody', '-c', 'user.email=somebody@localhost']
  return execFileSync('git', [...who, ...args], { cwd: folder, encoding: 'utf8', stdio: 'pipe' })
}

function commit(folder: string, message: string) {
  git(folder, 'add', '--all')
  git(folder, 'commit', '--quiet', '--allow-empty', '--message', message)
}

/** Without the variables of a CI system that these tests may run in. */
function ci(folder: string, args: string[] = [], env: Record<string, string> = {}) {
  const own = Object.entries(process.env).filter(([name]) => !/^(GITHUB_|CI)/.test(name))
  return execa(process.execPath, [BIN, 'ci', '--output', 'out', ...args], {
    cwd: folder,
    reject: false,
    extendEnv: false,
    env: { ...Object.fromEntries(own), NO_COLOR: '1', ...env },
  })
}

function copyService(folder: string): void {
  for (const file of ['service.js', 'talkative.js']) cpSync(join(PROJECT, file), join(folder, file))
}

const worktrees = (folder: string) =>
  git(folder, 'worktree', 'list', '--porcelain').match(/^worktree /gm)?.length

describe('flamegate ci', () => {
  test('compares the working tree with the merge base, and leaves the repository as it was', async () => {
    const folder = await repository()
    const env = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: join(folder, 'out-summary.md') }
    const { exitCode, stdout, stderr } = await ci(folder, ['--rounds', '2'], env)
    expect({ exitCode, stderr }).toMatchObject({
      exitCode: 0,
      stderr: expect.stringContaining('where this branched off from main'),
    })
    expect(stdout).toContain('1 scenario: 1 inconclusive')
    expect(stderr).toMatch(
      /^::notice file=scenarios\/service\.js,line=12,title=service%3A current inconclusive::/m,
    )
    expect(readFileSync(join(folder, 'out-summary.md'), 'utf8')).toContain('inconclusive')
    expect(await parse(readFileSync(join(folder, 'out/junit.xml'), 'utf8'))).toMatchObject({
      tests: 2,
      failures: 0,
      skipped: 1,
    })
    expect(readdirSync(join(folder, 'out/service'))).toEqual(
      expect.arrayContaining(['record.json', 'report.html']),
    )
    expect(worktrees(folder)).toBe(1)
    const again = await execa(process.execPath, [BIN, 'merge', 'out', '--output', 'merged'], {
      cwd: folder,
      reject: false,
    })
    expect(again).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('1 scenario: 1 inconclusive'),
    })
    expect(existsSync(join(folder, 'merged/service/report.html'))).toBe(true)
  })

  test('says that the base lacks the start script, and removes its checkout', async () => {
    const folder = await repository(scenario(), { README: 'There is no service yet.' })
    const { exitCode, stdout } = await ci(folder, ['--rounds', '1'])
    expect(exitCode).toBe(3)
    expect(stdout).toContain('service: not measured')
    expect(stdout).toMatch(/service\.js/)
    expect(worktrees(folder)).toBe(1)
  })

  test('says that the base could not be prepared, and removes its checkout', async () => {
    const prepare = `prepare: ['node', '-e', 'console.error("no such registry"); process.exit(4)'],`
    const { exitCode, stdout } = await ci(await repository(scenario(prepare)), ['--rounds', '1'])
    expect(exitCode).toBe(3)
    expect(stdout).toContain('no such registry')
  })

  test('a shallow clone without the base is told how to get it', async () => {
    const folder = await repository()
    const clone = join(await folderWith({}), 'clone')
    git(dirname(clone), 'clone', '--quiet', '--depth', '1', '--branch', 'change', `file://${folder}`, clone)
    const { exitCode, stderr } = await ci(clone)
    expect(exitCode).toBe(2)
    expect(stderr).toMatch(/shallow clone/)
    expect(stderr).toMatch(/fetch-depth: 0/)
  })

  test('a folder that cannot be written to is told before anything is measured in vain', async () => {
    const folder = await repository()
    writeFileSync(join(folder, 'out'), 'a file where the folder should be')
    const { exitCode, stderr } = await ci(folder, ['--rounds', '1'])
    expect(exitCode).toBe(3)
    expect(stderr).toMatch(/cannot be written/)
    expect(readFileSync(join(folder, 'out'), 'utf8')).toBe('a file where the folder should be')
    expect(worktrees(folder)).toBe(1)
  })
})
