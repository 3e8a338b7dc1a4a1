/** A commit against the working tree, as a user runs it. */
import { readdirSync, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { git, repositoryWith } from '../git/repository.ts'
import { flamegate, left } from './flamegate.ts'
import { SMALLEST } from './smallest.ts'

const project = () => repositoryWith(SMALLEST)

function expectNothingLeft(directory: string, output: string): void {
  expect(left(output)).toEqual([])
  expect(git(directory, 'worktree', 'list').split('\n')).toHaveLength(1)
  expect(readdirSync(dirname(directory))).toEqual(['package.json', basename(directory)])
}

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
