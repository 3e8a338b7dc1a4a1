import { writeFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { mergeBase } from '../../harness/git/merge-base.ts'
import { folderWith } from '../plan/world.ts'
import { commit, git, repositoryWith } from './repository.ts'

const PATH = { PATH: process.env.PATH }

describe('the commit that a change is compared with', () => {
  test('is where its branch left the default branch, whatever has happened there since', async () => {
    const directory = await repositoryWith()
    const fork = await commit(directory, { 'a.txt': '1' })
    git(directory, 'checkout', '--quiet', '-b', 'feature')
    await commit(directory, { 'b.txt': '1' })
    git(directory, 'checkout', '--quiet', 'main')
    await commit(directory, { 'c.txt': '1' })
    git(directory, 'checkout', '--quiet', 'feature')
    expect(await mergeBase(directory, PATH)).toEqual({
      commit: fork,
      branch: 'main',
      reason: 'where this branched off from main',
    })
  })

  test.each(['GITHUB_BASE_REF', 'CI_MERGE_REQUEST_TARGET_BRANCH_NAME'])(
    'is taken with the branch that %s names, as the remote has it',
    async variable => {
      const upstream = await repositoryWith()
      git(upstream, 'checkout', '--quiet', '-b', 'release')
      const release = await commit(upstream, { 'a.txt': '1' })
      git(upstream, 'checkout', '--quiet', '-b', 'fix')
      await commit(upstream, { 'b.txt': '1' })
      const clone = await folderWith({})
      git(clone, 'clone', '--quiet', upstream, 'clone')
      const found = await mergeBase(`${clone}/clone`, { ...PATH, [variable]: 'release' })
      expect(found).toMatchObject({ commit: release, branch: 'origin/release' })
    },
  )

  test('is the commit before the last one on the default branch, or the last one when something is uncommitted', async () => {
    const directory = await repositoryWith({ 'a.txt': '1' })
    const first = git(directory, 'rev-parse', 'HEAD')
    const second = await commit(directory, { 'a.txt': '2' })
    expect(await mergeBase(directory, PATH)).toMatchObject({ commit: first })
    await writeFile(`${directory}/a.txt`, '3')
    expect(await mergeBase(directory, PATH)).toMatchObject({ commit: second })
  })

  test.each([
    ['a branch that is not there', { GITHUB_BASE_REF: 'nowhere' }, /no branch `nowhere`/, /--baseline git:/],
    ['a single commit', {}, /HEAD has no commit before it/, /--baseline git:/],
  ])('%s is told', async (_, variables, message, advice) => {
    const directory = await repositoryWith()
    await expect(mergeBase(directory, { ...PATH, ...variables })).rejects.toMatchObject({
      name: 'UsageError',
      message: expect.stringMatching(message),
      advice: expect.stringMatching(advice),
    })
  })

  test('a shallow clone gets the advice to fetch', async () => {
    const upstream = await repositoryWith()
    await commit(upstream, { 'a.txt': '1' })
    const folder = await folderWith({})
    git(folder, 'clone', '--quiet', '--depth=1', `file://${upstream}`, 'clone')
    await expect(mergeBase(`${folder}/clone`, PATH)).rejects.toMatchObject({
      message: expect.stringMatching(/shallow clone/),
      advice: expect.stringMatching(/--unshallow/),
    })
  })

  test('a folder without a repository is refused', async () => {
    const folder = await folderWith({})
    await expect(mergeBase(folder, { ...PATH, GIT_CEILING_DIRECTORIES: '/' })).rejects.toThrow(
      /is not in one/,
    )
  })
})
