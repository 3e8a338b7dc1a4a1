import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { addWorktree } from '../../harness/git/worktree.ts'
import { folderWith } from '../plan/world.ts'
import { commit, git, repositoryWith } from './repository.ts'

/** A repository in which another git has not finished the entry of its own worktree. */
async function withHalfWritten() {
  const repository = await repositoryWith()
  const hash = await commit(repository, { 'a.txt': '1' })
  const other = await folderWith({})
  git(repository, 'worktree', 'add', '--quiet', '--detach', join(other, 'theirs'), 'HEAD')
  const entry = join(repository, '.git', 'worktrees', 'theirs', 'commondir')
  await writeFile(entry, '')
  return { repository, hash, entry, folder: join(other, 'ours') }
}

describe.skipIf(process.platform === 'win32')('a worktree beside one that another git is adding', () => {
  test('is made as soon as that entry is complete', async () => {
    const { repository, hash, entry, folder } = await withHalfWritten()
    const program = await folderWith({})
    const finishesTheEntry = `#!/bin/sh
case "$*" in *"worktree remove"*) echo ../.. > '${entry}';; esac
PATH='${process.env.PATH}' exec git "$@"
`
    await writeFile(join(program, 'git'), finishesTheEntry, { mode: 0o755 })
    await addWorktree(repository, folder, hash, { PATH: `${program}:${process.env.PATH}` })
    expect(existsSync(join(folder, 'a.txt'))).toBe(true)
  })

  test('is refused with what git said if it never is', async () => {
    const { repository, hash, folder } = await withHalfWritten()
    await expect(addWorktree(repository, folder, hash, { PATH: process.env.PATH })).rejects.toMatchObject({
      details: expect.stringContaining('commondir'),
    })
    expect(existsSync(folder)).toBe(false)
  })
})
