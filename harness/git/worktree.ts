/** Worktrees: a commit in a folder of its own beside the working tree. */
import { rm } from 'node:fs/promises'
import { MeasureError } from '../model/errors.ts'
import { type Environment, git } from './repository.ts'

/** Hooks belong to the person who works in the repository. */
const WITHOUT_HOOKS = ['-c', 'core.hooksPath=/dev/null']

/**
 * Checks a commit out into a folder that does not exist yet.
 *
 * @throws MeasureError with what git said
 */
export async function addWorktree(
  repository: string,
  folder: string,
  commit: string,
  environment: Environment,
): Promise<void> {
  const { code, problem } = await git(
    repository,
    [...WITHOUT_HOOKS, 'worktree', 'add', '--detach', folder, commit],
    environment,
  )
  if (code === 0) return
  throw new MeasureError(`git cannot check out ${commit.slice(0, 12)}.`, {
    place: folder,
    details: problem,
    advice: 'Make room or give the right to write into the repository and the folder.',
  })
}

/** Paths of all of them, the repository's own included. */
export async function worktreesOf(repository: string, environment: Environment): Promise<string[]> {
  const { output } = await git(repository, ['worktree', 'list', '--porcelain'], environment)
  return output
    .split('\n')
    .flatMap(line => (line.startsWith('worktree ') ? [line.slice('worktree '.length)] : []))
}

/** Takes away everything that the commit does not have, and gives back what it has. */
export async function resetWorktree(folder: string, environment: Environment): Promise<void> {
  await git(folder, [...WITHOUT_HOOKS, 'reset', '--quiet', '--hard'], environment)
  await git(folder, ['clean', '-ffdxq'], environment)
}

/** Removes the folder and what git knows of it, also when one of the two has gone already. */
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
