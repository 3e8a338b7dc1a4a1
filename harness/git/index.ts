/** What Flamegate reads from a git repository, and the worktrees that it makes. */
export { type MergeBase, mergeBase } from './merge-base.ts'
export {
  blobOf,
  changedSince,
  filesOf,
  ignoredIn,
  isDirty,
  isIgnored,
  openRepository,
  ownFilesIn,
  type Repository,
  resolveCommit,
  textOf,
  untrackedAt,
} from './repository.ts'
export { addWorktree, removeWorktree, resetWorktree, worktreesOf } from './worktree.ts'
