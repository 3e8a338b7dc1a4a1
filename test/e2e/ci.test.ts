/** `flamegate ci` as a CI system runs it: a repository, a base, a commit on top of it. */
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parse } from 'junit2json'
import { describe, expect, test } from 'vitest'
import { commit, git, repositoryWith } from '../git/repository.ts'
import { folderWith } from '../plan/world.ts'
import { flamegate, PROJECT } from './flamegate.ts'
import { SHORT, scenario } from './project.ts'

const scenarioWith = (target = '') =>
  scenario(
    `gates: {
    'cpu.perRequest': '+50%',
    errors: 0,
  }, ${SHORT} ci: true,`,
    `directory: import.meta.dirname + '/..', ready: '/ready', timeout: 3_000, ${target}`,
  )

/** A repository with the service on `main` (unless it is the base without one), and a branch that adds a scenario. */
async function repository(text = scenarioWith(), { hasService = true } = {}) {
  const folder = await repositoryWith({ '.gitignore': '.bench/\nnode_modules/\n' })
  if (hasService) copyService(folder)
  await commit(folder, {})
  git(folder, 'checkout', '--quiet', '-b', 'change')
  copyService(folder)
  await commit(folder, { 'scenarios/service.js': text })
  return folder
}

function copyService(folder: string): void {
  for (const file of ['service.js', 'talkative.js']) cpSync(join(PROJECT, file), join(folder, file))
}

const ci = (directory: string, args: string[] = [], environment: Record<string, string> = {}) =>
  flamegate(['ci', ...args], { directory, environment, output: join(directory, 'out') })

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
      /^::notice file=scenarios\/service\.js,line=5,title=service%3A current inconclusive::/m,
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
    const again = await flamegate(['merge', 'out'], { directory: folder })
    expect(again).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('1 scenario: 1 inconclusive'),
    })
    expect(existsSync(join(again.output, 'service/report.html'))).toBe(true)
  })

  test('says that the base lacks the start script, and removes its checkout', async () => {
    const folder = await repository(scenarioWith(), { hasService: false })
    const { exitCode, stdout } = await ci(folder, ['--rounds', '1'])
    expect(exitCode).toBe(3)
    expect(stdout).toContain('service: not measured')
    expect(stdout).toMatch(/service\.js/)
    expect(worktrees(folder)).toBe(1)
  })

  test('says that the base could not be prepared', async () => {
    const prepare = `prepare: ['node', '-e', 'console.error("no such registry"); process.exit(4)'],`
    const { exitCode, stdout } = await ci(await repository(scenarioWith(prepare)), ['--rounds', '1'])
    expect(exitCode).toBe(3)
    expect(stdout).toContain('no such registry')
  })

  test('says how to fetch the base that a shallow clone lacks', async () => {
    const folder = await repository()
    const clone = join(await folderWith({}), 'clone')
    git(dirname(clone), 'clone', '--quiet', '--depth', '1', '--branch', 'change', `file://${folder}`, clone)
    const { exitCode, stderr } = await ci(clone)
    expect(exitCode).toBe(2)
    expect(stderr).toMatch(/shallow clone/)
    expect(stderr).toMatch(/fetch-depth: 0/)
  })

  test('rejects a folder that it cannot write to before it measures anything', async () => {
    const folder = await repository()
    writeFileSync(join(folder, 'out'), 'a file where the folder should be')
    const { exitCode, stderr } = await ci(folder, ['--rounds', '1'])
    expect(exitCode).toBe(3)
    expect(stderr).toMatch(/cannot be written/)
    expect(readFileSync(join(folder, 'out'), 'utf8')).toBe('a file where the folder should be')
    expect(worktrees(folder)).toBe(1)
  })
})
