/** What Flamegate reads from a git repository, and the worktrees that it makes. */
export { ignoredIn, isIgnored, ownFilesIn, untrackedAt } from './ignored.ts'
export { type MergeBase, mergeBase } from './merge-base.ts'
export {
  blobOf,
  changedSince,
  filesOf,
  isDirty,
  openRepository,
  type Repository,
  resolveCommit,
  textOf,
} from './repository.ts'
export { addWorktree, removeWorktree, resetWorktree, worktreesOf } from './worktree.ts'
