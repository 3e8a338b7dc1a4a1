/** Worktrees: a commit in a folder of its own. */
import { rm } from 'node:fs/promises'
import { MeasureError } from '../model/errors.ts'
import { type Environment, git } from './repository.ts'

/** Hooks are meant for the person who works in the repository. */
const WITHOUT_HOOKS = ['-c', 'core.hooksPath=/dev/null']

/** git reads the entries of all worktrees, and gives up at one that another git is just writing or removing. */
const HALF_WRITTEN = /worktrees\/.*(?:commondir|No such file or directory)/

/** A half-written entry is complete a few milliseconds later; starting git takes about as long. */
const TRIES = 5

/** Checks a commit out into a folder that does not exist yet. @throws MeasureError with what git said */
export async function addWorktree(
  repository: string,
  folder: string,
  commit: string,
  environment: Environment,
): Promise<void> {
  const add = [...WITHOUT_HOOKS, 'worktree', 'add', '--detach', folder, commit]
  for (let left = TRIES - 1; ; left--) {
    const { code, problem } = await git(repository, add, environment)
    if (code === 0) return
    if (left > 0 && HALF_WRITTEN.test(problem)) {
      await removeWorktree(repository, folder, environment)
      continue
    }
    throw new MeasureError(`git cannot check out ${commit.slice(0, 12)}.`, {
      place: folder,
      details: problem,
      advice: 'Free some space, or allow writing to the repository and the folder.',
    })
  }
}

/** Paths of all worktrees, including the repository itself. */
export async function worktreesOf(repository: string, environment: Environment): Promise<string[]> {
  const { output } = await git(repository, ['worktree', 'list', '--porcelain'], environment)
  return output
    .split('\n')
    .flatMap(line => (line.startsWith('worktree ') ? [line.slice('worktree '.length)] : []))
}

/** Removes everything that is not in the commit, and restores what is. */
export async function resetWorktree(folder: string, environment: Environment): Promise<void> {
  await git(folder, [...WITHOUT_HOOKS, 'reset', '--quiet', '--hard'], environment)
  await git(folder, ['clean', '-ffdxq'], environment)
}

/** Removes the folder and git's entry for it, also when one of them is already gone. */
export async function removeWorktree(
  repository: string,
  folder: string,
  environment: Environment,
): Promise<void> {
  const { code } = await git(repository, ['worktree', 'remove', '--force', '--force', folder], environment)
  if (code === 0) return
  await rm(folder, { recursive: true, force: true })
  await git(repository, ['worktree', 'prune'], environment)
}
